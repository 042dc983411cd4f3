using System.Text;
using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;

namespace Autodidact.Cli.Rendering;

/// <summary>The reference of all options, docs/reference/options.md, made from the records that hold them.</summary>
internal static class OptionsReference
{
    public static string Markdown()
    {
        var defaults = Presets.Get(Presets.Default);
        var text = new StringBuilder();
        text.Append(
            $"""
            # Options

            Every option that `--set name=value` takes and `run.json` records.
            The defaults are those of the preset `{defaults.Name}`.
            This page is made from the code.
            `autodidact presets {defaults.Name}` prints the same, and `autodidact presets NAME` the values of another preset.

            Some options have a flag too, which stands below the option's name: `--clusters 50` is `--set cluster.k=50`.
            `DATA` is an argument without a name.
            The flag `--budget` also takes the place of the preset's epochs.

            Write durations as `30m`, `1h30m` or `90s`, lists with commas (`0.1,0.2`), names as shown, and `none` for what is not set.

            """.ReplaceLineEndings("\n"));
        foreach (var section in OptionBinder.Describe(defaults.Options).GroupBy(Section))
        {
            text.Append("\n## ").Append(section.Key).Append("\n\n| option | default | takes | what it does |\n| --- | --- | --- | --- |\n");
            foreach (var option in section)
            {
                var takes = option.Range.Length == 0 ? option.Type : $"{option.Type}, {option.Range}";
                text.Append("| ").Append(Name(option)).Append(" | ").Append(Code(option.Default))
                    .Append(" | ").Append(Cell(takes)).Append(" | ").Append(Cell(option.Description)).Append(" |\n");
            }
        }
        text.Append("\n## Presets\n");
        foreach (var preset in Presets.All)
        {
            text.Append("\n### ").Append(preset.Name).Append("\n\n").Append(preset.Description).Append('\n');
            var differences = OptionBinder.Diff(defaults.Options, preset.Options).Where(difference => difference.Name != "preset").ToList();
            if (differences.Count == 0) continue;
            text.Append("\n| option | value |\n| --- | --- |\n");
            foreach (var difference in differences)
                text.Append("| `").Append(difference.Name).Append("` | ").Append(Code(difference.New)).Append(" |\n");
        }
        return text.ToString();
    }

    private static string Section(OptionDescription option) =>
        option.Name.Contains('.', StringComparison.Ordinal) ? option.Name.Split('.')[0] : "run";

    private static string Name(OptionDescription option) =>
        option.Flags.Length == 0 ? Code(option.Name) : $"{Code(option.Name)}<br>{Code(option.Flags)}";

    private static string Code(string value) => value.Length == 0 ? "" : $"`{value}`";

    // A bar would end the cell.
    private static string Cell(string text) => text.Replace("|", " \\| ", StringComparison.Ordinal);
}
