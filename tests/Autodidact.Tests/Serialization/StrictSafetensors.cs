using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Autodidact.Tests.Serialization;

/// <summary>
/// The rule of the format, written down a second time: a grammar of its own for the header, no JSON library and nothing of the reader. Says
/// what a file holds, or null for one that is to be refused.
/// </summary>
internal sealed partial class StrictSafetensors
{
    private static readonly Dictionary<string, int> _sizes = new()
    {
        ["BOOL"] = 1,
        ["U8"] = 1,
        ["I8"] = 1,
        ["I16"] = 2,
        ["F16"] = 2,
        ["BF16"] = 2,
        ["I32"] = 4,
        ["F32"] = 4,
        ["I64"] = 8,
        ["F64"] = 8,
    };

    private readonly string _text;
    private int _at;

    private StrictSafetensors(string text) => _text = text;

    /// <summary>Tensors by name: type, shape, first and last byte (exclusive) of the data.</summary>
    public static Dictionary<string, (string Type, long[] Shape, long Start, long End)>? Parse(byte[] file)
    {
        try
        {
            var length = (long)BinaryPrimitives.ReadUInt64LittleEndian(file);
            if (length < 2 || length > file.Length - 8)
            {
                return null;
            }

            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file, 8, (int)length);
            var tensors = new StrictSafetensors(text).Header();
            return Fills(tensors, file.Length - 8 - length) ? tensors : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static bool Fills(Dictionary<string, (string Type, long[] Shape, long Start, long End)> tensors, long data)
    {
        // Every byte is counted, so a gap and an overlap cannot make up for each other.
        var taken = new int[data];
        var ends = tensors.Values.Where(t => t.End > t.Start).Select(t => t.End).Append(0).ToHashSet();
        foreach (var (type, shape, start, end) in tensors.Values)
        {
            var count = shape.Aggregate(1L, (product, d) => checked(product * d));
            if (start < 0 || end < start || end > data || checked(count * _sizes[type])
                != end - start || shape.Any(d => d < 0) || !ends.Contains(start) || !Multiplies(shape))
            {
                return false;
            }

            for (var i = start; i < end; i++)
            {
                taken[i]++;
            }
        }

        return taken.All(t => t == 1);
    }

    private static bool Multiplies(long[] shape) => shape.Where(d => d > 0).Aggregate(8d, (product, d) => product * d) < long.MaxValue;

    private Dictionary<string, (string Type, long[] Shape, long Start, long End)> Header()
    {
        var tensors = new Dictionary<string, (string, long[], long, long)>(StringComparer.Ordinal);
        Demand(_text[0] == '{');
        var metadata = false;
        Members(name =>
        {
            if (name == "__metadata__")
            {
                Demand(!metadata);
                metadata = true;
                var keys = new HashSet<string>(StringComparer.Ordinal);
                Members(key =>
                {
                    Demand(keys.Add(key));
                    Text();
                });
            }
            else
            {
                Demand(name.Length <= 500 && !name.Any(char.IsControl));
                tensors.Add(name, Tensor());
            }
        });
        Space();
        Demand(_at == _text.Length);
        return tensors;
    }

    private (string Type, long[] Shape, long Start, long End) Tensor()
    {
        string? type = null;
        long[]? shape = null, place = null;
        Members(key =>
        {
            switch (key)
            {
                case "dtype":
                    Demand(type is null);
                    type = Text();
                    break;
                case "shape":
                    Demand(shape is null);
                    shape = Numbers();
                    break;
                case "data_offsets":
                    Demand(place is null);
                    place = Numbers();
                    break;
                default:
                    throw new FormatException(key);
            }
        });
        Demand(type is not null && _sizes.ContainsKey(type) && shape is not null && place is { Length: 2 });
        return (type!, shape!, place![0], place[1]);
    }

    private void Members(Action<string> value)
    {
        Take('{');
        if (Next() == '}')
        {
            _at++;
            return;
        }

        do
        {
            Space();
            var key = Text();
            Take(':');
            Space();
            value(key);
        }
        while (Separator('}'));
    }

    private long[] Numbers()
    {
        Take('[');
        var numbers = new List<long>();
        if (Next() == ']')
        {
            _at++;
            return [];
        }

        do
        {
            Space();
            var match = Integer().Match(_text, _at);
            Demand(match.Success);
            numbers.Add(long.Parse(match.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
            _at += match.Length;
        }
        while (Separator(']'));
        return [.. numbers];
    }

    private string Text()
    {
        Space();
        var match = Quoted().Match(_text, _at);
        Demand(match.Success);
        _at += match.Length;
        var text = Escape().Replace(match.Value[1..^1], e => e.Value[1] switch
        {
            'u' => ((char)int.Parse(e.Value[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(),
            'b' => "\b",
            'f' => "\f",
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            var other => other.ToString(),
        });
        _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(text);
        return text;
    }

    private bool Separator(char end)
    {
        var next = Next();
        _at++;
        Demand(next == ',' || next == end);
        return next == ',';
    }

    private void Take(char c)
    {
        Demand(Next() == c);
        _at++;
    }

    private char Next()
    {
        Space();
        return _text[_at];
    }

    private void Space()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\n' or '\r')
        {
            _at++;
        }
    }

    private static void Demand(bool condition)
    {
        if (!condition)
        {
            throw new FormatException();
        }
    }

    [GeneratedRegex("\\G-?(0|[1-9][0-9]*)(?![0-9.eE])")]
    private static partial Regex Integer();

    [GeneratedRegex("""\G"([^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Quoted();

    [GeneratedRegex("""\\(u[0-9a-fA-F]{4}|.)""")]
    private static partial Regex Escape();
}
