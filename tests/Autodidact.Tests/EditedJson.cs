using System.Text;
using System.Text.Json;

namespace Autodidact.Tests;

/// <summary>
/// A JSON document with every possible slip of an editor: each value in turn is replaced by others, said twice or left out.
/// </summary>
internal static class EditedJson
{
    private static readonly string[] Replacements =
    [
        "null", "-1", "1e300", "99999999999999999999999", "true", "\"\"", "[]", "{}", "[null]", "{\"x\":null}",
        "\"\\ud800\"", "\"\\u001b]0;x\\u0007\\n\"", $"\"{new string('y', 50_000)}\"",
    ];

    /// <summary>Documents that differ in one value each, at every place.</summary>
    /// <param name="json">A document.</param>
    /// <param name="each">Edits at a place, all of them by turns.</param>
    public static IEnumerable<EditedText> Of(string json, int each = int.MaxValue)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var turn = 0;
        foreach (var (from, to) in Values(bytes, properties: false))
        {
            for (var i = 0; i < Math.Min(each, Replacements.Length); i++)
                yield return Spliced(bytes, from, to, Replacements[turn++ % Replacements.Length]);
        }

        foreach (var (from, to) in Values(bytes, properties: true))
        {
            var property = Encoding.UTF8.GetString(bytes, from, to - from);
            string[] edits = [$"{property},{property}", "\"other\":1", "\"\\ud800\":1"];
            for (var i = 0; i < Math.Min(each, edits.Length); i++) yield return Spliced(bytes, from, to, edits[turn++ % edits.Length]);
        }
    }

    /// <summary>Requires of every edited document that it is taken, or refused in one line; counts both.</summary>
    /// <param name="edited">The documents.</param>
    /// <param name="read">Reads a document and makes use of it.</param>
    public static (int Taken, int Refused) Check(IEnumerable<EditedText> edited, Action<string> read)
    {
        var (taken, refused) = (0, 0);
        foreach (var (json, edit) in edited)
        {
            try
            {
                read(json);
                taken++;
            }
            catch (AutodidactException e)
            {
                refused++;
                Assert.InRange(e.Message.Length, 1, 4_010);
                Assert.DoesNotContain(e.Message, Harmless.IsObeyed);
                Assert.DoesNotContain("System.", e.Message, StringComparison.Ordinal);
            }
            catch (Exception e)
            {
                Assert.Fail($"{edit}: {e}");
            }
        }

        return (taken, refused);
    }

    private static EditedText Spliced(byte[] bytes, int from, int to, string replacement)
    {
        var (before, after) = (Encoding.UTF8.GetString(bytes, 0, from), Encoding.UTF8.GetString(bytes, to, bytes.Length - to));
        var shown = replacement[..Math.Min(80, replacement.Length)];
        return new(before + replacement + after, $"{before[^Math.Min(60, before.Length)..]} >>> {shown}");
    }

    /// <summary>Where each value lies, or each property with its name.</summary>
    private static List<(int From, int To)> Values(byte[] json, bool properties)
    {
        var found = new List<(int, int)>();
        var reader = new Utf8JsonReader(json);
        var name = -1;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                name = (int)reader.TokenStartIndex;
                continue;
            }

            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray) continue;
            var inside = reader;
            inside.Skip();
            if (!properties) found.Add(((int)reader.TokenStartIndex, (int)inside.BytesConsumed));
            else if (name >= 0) found.Add((name, (int)inside.BytesConsumed));
            name = -1;
        }

        return found;
    }
}

/// <summary>A document with one slip.</summary>
/// <param name="Json">The document.</param>
/// <param name="Edit">The slip, for messages.</param>
internal sealed record EditedText(string Json, string Edit);
