using System.Text.RegularExpressions;

namespace Autodidact.Tests.Documentation;

/// <summary>A page of Markdown, as far as its lines, links and headings go. Tables, code and pictures are not prose.</summary>
internal sealed partial class MarkdownPage
{
    private readonly List<(int Number, string Text, bool GoesOn)> _prose = [];
    private readonly List<string> _headings = [];
    private readonly List<(int Number, string Target)> _links = [];
    private readonly List<string> _sources = [];

    public MarkdownPage(string text)
    {
        var (fence, comment, blank) = (false, false, true);
        foreach (var (index, line) in text.ReplaceLineEndings("\n").Split('\n').Index())
        {
            var trimmed = line.Trim();
            if (trimmed.StartsWith("```", StringComparison.Ordinal)) (fence, blank) = (!fence, true);
            else if (!fence && (comment || trimmed.StartsWith("<!--", StringComparison.Ordinal)))
            {
                (comment, blank) = (!trimmed.EndsWith("-->", StringComparison.Ordinal), true);
            }
            else if (!fence) blank = Read(index + 1, line, trimmed, blank);
        }
    }

    /// <summary>The anchors of the headings, as GitHub makes them.</summary>
    public IEnumerable<string> Anchors =>
        _headings.Select((heading, i) => _headings[..i].Count(heading.Equals) is > 0 and var before ? $"{heading}-{before}" : heading);

    /// <summary>The targets of links and pictures, with the number of the line.</summary>
    public IReadOnlyList<(int Number, string Target)> Links => _links;

    /// <summary>Source files that the page names with a folder, as in <c>Views/ViewSpec.cs</c>.</summary>
    public IReadOnlyList<string> SourceFiles => _sources;

    /// <summary>One text for each line that holds more than one sentence, or that ends before its sentence does.</summary>
    public IReadOnlyList<string> Faults() =>
    [
        .. _prose.Where(line => SentenceInside().IsMatch(Bare(line.Text)))
            .Select(line => $"{line.Number}: more than one sentence: {line.Text}"),
        .. _prose.Where(line => line.GoesOn && !SentenceEnd().IsMatch(line.Text))
            .Select(line => $"{line.Number}: ends inside a sentence: {line.Text}"),
    ];

    private bool Read(int number, string line, string trimmed, bool blank)
    {
        if (trimmed.Length == 0) return true;
        if (blank && line.StartsWith("    ", StringComparison.Ordinal)) return true; // indented code
        _sources.AddRange(SourceFile().Matches(line).Select(match => match.Groups["file"].Value));
        _links.AddRange(Link().Matches(Code().Replace(line, "")).Select(match => (number, match.Groups["target"].Value)));
        if (Heading().Match(line) is { Success: true } heading)
        {
            _headings.Add(NoAnchor().Replace(heading.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-'));
            return true;
        }

        if (trimmed[0] == '|' || trimmed.StartsWith("![", StringComparison.Ordinal)) return true;
        var item = Item().Match(line);
        if (!item.Success && !blank && _prose.Count > 0) _prose[^1] = _prose[^1] with { GoesOn = true };
        _prose.Add((number, item.Success ? line[item.Length..].Trim() : trimmed, false));
        return false;
    }

    /// <summary>The line without what may hold a full stop that ends no sentence.</summary>
    private static string Bare(string text) => Abbreviation().Replace(LinkTarget().Replace(Code().Replace(text, "`c`"), "]"), "");

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();

    [GeneratedRegex(@"`(?<file>(?:[\w.]+/)+\w+\.cs)`")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\([^)\s]+\)")]
    private static partial Regex LinkTarget();

    [GeneratedRegex(@"^#{1,6} +(?<text>.+?)\s*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"^\s*(?:[-*+]|\d+\.)\s+")]
    private static partial Regex Item();

    [GeneratedRegex(@"\b(?:al|e\.g|i\.e|cf|vs)\.")]
    private static partial Regex Abbreviation();

    // A full stop after a word, what closes after it, a space, and the beginning of a sentence, which may be a name in small letters.
    [GeneratedRegex(@"(?<=[^\s.])[.!?][""')\]*_]*\s+[""'(\[*_]*[A-Za-z`]")]
    private static partial Regex SentenceInside();

    [GeneratedRegex(@"[.!?:][""')\]*_`]*$")]
    private static partial Regex SentenceEnd();
}
