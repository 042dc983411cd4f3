using Autodidact.Options;
using Autodidact.Pretraining;
using Autodidact.Views;

namespace Autodidact.Configuration;

/// <summary>The rules of <see cref="PretrainOptions"/> that depend on what the method is; the record itself holds the others.</summary>
internal static class PretrainRules
{
    private const string OfGraphs = "it is of .onnx encoders: leave it out, or give one with {encoder}";

    /// <summary>The rules, those of the methods that there are now.</summary>
    public static IReadOnlyList<OptionRule> All =>
    [
        .. OfMethods(),
        OptionRule.RefuseAsked(
            (PretrainOptions o) => !Method(o).Trains,
            o => $"{o.Method} makes no training steps and does not read it: leave it out, or choose another {{method}}",
            OfTraining()),
        Refuse(
            "second_view",
            o => o.SecondView != new SecondViewOptions() && Method(o).Views(o) < 2,
            o => $"{o.Method} takes one view of an image: leave it out"),
        Refuse(
            "local_views",
            o => o.LocalViews != new LocalViewOptions() && !Method(o).MultiCrop,
            o => $"{o.Method} takes none: leave it out, or choose one of {MultiCrop()}"),
        Refuse(
            "method",
            o => (o.Trains || o.Fits) && Method(o).UsesLabels && !o.AllowLabels,
            o => $"{o.Method} trains on labels, so nothing that follows is a result without labels: "
                + "set {allow_labels}=true if that is meant"),
        Refuse(
            "allow_labels",
            o => (o.Trains || o.Fits) && !Method(o).UsesLabels && o.AllowLabels,
            o => $"{o.Method} reads no labels: leave the option out"),
        Refuse("encoder_output", o => !TakesGraph(o) && o.EncoderOutput is not null, _ => OfGraphs),
        Refuse("encoder_size", o => !TakesGraph(o) && o.EncoderSize > 0, _ => OfGraphs),
        .. PretrainMethods.All.SelectMany(method => method.Rules),
    ];

    /// <summary>Options of one method that another is asked for. Presets may hold settings of methods that are not chosen.</summary>
    private static IEnumerable<OptionRule> OfMethods() => PretrainMethods.All
        .SelectMany(method => method.OptionGroups, (method, group) => (Group: group, method.Name))
        .GroupBy(one => one.Group, one => one.Name)
        .Select(readers => OptionRule.RefuseAsked(
            (PretrainOptions o) => !readers.Contains(o.Method),
            o => $"{o.Method} does not read it: leave it out, or choose {{method}}={string.Join(" or ", readers)}",
            $"{readers.Key}."));

    /// <summary>
    /// Options of training steps. Epochs are left to the stage, which says that there are none: a list of settings for many methods,
    /// compared over as many epochs, has to serve all of them. The side of the views is the side of the images too.
    /// </summary>
    private static string[] OfTraining() =>
    [
        "batch_size", "budget_share", "second_view.", "local_views.", "optimizer.",
        .. OptionBinder.Describe(new ViewOptions()).Where(option => option.Name != "size").Select(option => $"views.{option.Name}"),
    ];

    private static OptionRule Refuse(string option, Func<PretrainOptions, bool> contradicts, Func<PretrainOptions, string> text) =>
        OptionRule.Refuse(option, contradicts, text);

    private static PretrainMethod Method(PretrainOptions options) => PretrainMethods.Get(options.Method);

    private static bool TakesGraph(PretrainOptions options) => options.EncoderKind == EncoderKind.Graph && !options.Fits;

    private static string MultiCrop() =>
        string.Join(", ", PretrainMethods.All.Where(method => method.MultiCrop).Select(method => method.Name));
}
