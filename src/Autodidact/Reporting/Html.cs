using System.Xml;
using System.Xml.Linq;

namespace Autodidact.Reporting;

/// <summary>
/// Elements of a page. Text goes in as text, so that what users named (files, classes, options) can never become markup; what XML cannot
/// hold is replaced.
/// </summary>
internal static class Html
{
    // Written <br />, which HTML reads; every other element needs its end tag.
    private static readonly HashSet<string> Void =
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

    /// <summary>An element.</summary>
    /// <param name="name">Name of the tag.</param>
    /// <param name="content">Attributes (<see cref="Attribute"/>), elements, sequences of these, and text; null is left out.</param>
    public static XElement Element(string name, params object?[] content) =>
        new(name, content.Select(part => part is string text ? Clean(text) : part));

    /// <summary>An attribute.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value, as text.</param>
    public static XAttribute Attribute(string name, string value) => new(name, Clean(value));

    /// <summary>An element as HTML.</summary>
    /// <param name="element">The element.</param>
    public static string Render(XElement element)
    {
        var copy = new XElement(element);
        foreach (var empty in copy.DescendantsAndSelf().Where(e => e.IsEmpty && !Void.Contains(e.Name.LocalName))) empty.Value = "";
        return copy.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>Text without the characters XML cannot hold.</summary>
    /// <param name="text">Any text.</param>
    public static string Clean(string text) =>
        string.Concat(
            text.EnumerateRunes().Select(rune => rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "\ufffd" : rune.ToString()));
}
