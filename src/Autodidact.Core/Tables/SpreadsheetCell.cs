using System.Globalization;

namespace Autodidact.Tables;

/// <summary>
/// Text that a spreadsheet shows and does not compute. A cell that begins as a formula does is one, wherever it came from: a file may be
/// named <c>=HYPERLINK("http://...")</c>. An apostrophe before it makes it text.
/// </summary>
internal static class SpreadsheetCell
{
    private const char Mark = '\'';

    /// <summary>First characters of formulas, those of East Asian keyboards too.</summary>
    private const string Begins = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";

    private const NumberStyles Signed = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>A field as a spreadsheet may have it; numbers stay.</summary>
    /// <param name="field">The field.</param>
    public static string Of(string field) => IsFormula(field) ? Mark + field : field;

    /// <summary>The field that <see cref="Of"/> made a cell of.</summary>
    /// <param name="cell">The cell.</param>
    public static string Field(string cell) => cell is [Mark, ..] && IsFormula(cell[1..]) ? cell[1..] : cell;

    private static bool IsFormula(string field) => field.Length > 0
        && Begins.Contains(field[0], StringComparison.Ordinal)
        && !double.TryParse(field, Signed, CultureInfo.InvariantCulture, out _);
}
