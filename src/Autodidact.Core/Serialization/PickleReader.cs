using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Autodidact.Serialization;

/// <summary>
/// Reads a pickle of protocol 2 to 4 without running anything: opcodes and constructors come from closed lists, and a pickle that asks for
/// another is refused. Python's format: <c>pickletools.py</c> of CPython.
/// </summary>
/// <remarks>
/// Checkpoints come from strangers, and therefore this reader is not the package <c>Razorvine.Pickle</c>. That one (1.5.0) reads every
/// pickle: it makes room for whatever length a pickle declares (8 bytes took 1 GiB), limits neither steps nor text, and makes an object of
/// a class that it does not know. This reader limits all three and refuses the class; <c>HostileTorchFileTests</c> checks it.
/// </remarks>
/// <param name="stream">Seekable; read from its position to the pickle's end and not beyond.</param>
/// <param name="construct">Makes what a name of the closed list makes of its arguments; null refuses the name.</param>
/// <param name="persistent">Resolves a persistent identifier.</param>
internal sealed class PickleReader(Stream stream, PickleReader.Constructor construct, Func<object?, object> persistent)
{
    /// <summary>Text and bytes of a checkpoint's pickle together: the tensors' numbers lie elsewhere.</summary>
    private const long MostText = 1 << 24;

    /// <summary>No integer is longer: PyTorch's magic number has ten bytes.</summary>
    private const int LongestInteger = 16;

    /// <summary>
    /// The checkpoint of a large network with its optimizer takes some 100,000 steps. Each can make an object, whatever the bytes it takes.
    /// </summary>
    private const int MostSteps = 2_000_000;

    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = new();
    private readonly Dictionary<long, object?> _memo = [];
    private long _text;
    private long _steps;

    /// <summary>Makes an object; <paramref name="arguments"/> is null where a pickle only names the class or function.</summary>
    /// <param name="name">Class or function.</param>
    /// <param name="arguments">Arguments of the call.</param>
    /// <returns>The object, or null for a name that is not on the list.</returns>
    public delegate object? Constructor(PickleGlobal name, object?[]? arguments);

    /// <summary>The pickled value.</summary>
    /// <exception cref="InvalidDataException">The pickle is broken or asks for what is not allowed.</exception>
    public object? Read()
    {
        while (true)
        {
            Charge(1);
            var opcode = Byte();
            if (opcode == '.')
            {
                return _stack.Count == 1 && _marks.Count == 0 ? Pop() : throw new InvalidDataException("its pickle leaves values over");
            }

            Execute(opcode);
        }
    }

    private void Execute(int opcode)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                if (Byte() is var version && version is < 2 or > 4)
                {
                    throw new InvalidDataException($"its pickle has protocol {version}, and 2 to 4 are read");
                }

                break;
            case 0x95: // FRAME
                Skip(8);
                break;
            case '(': // MARK
                _marks.Push(_stack.Count);
                break;
            case '0': // POP
                Pop();
                break;
            case 'N':
                Push(null);
                break;
            case 0x88:
                Push(true);
                break;
            case 0x89:
                Push(false);
                break;
            case 'J': // BININT
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)));
                break;
            case 'K': // BININT1
                Push((long)Byte());
                break;
            case 'M': // BININT2
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)));
                break;
            case 0x8a: // LONG1
                Push(Integer(Byte()));
                break;
            case 'G': // BINFLOAT
                Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)));
                break;
            case 'X': // BINUNICODE
                Push(Text(UInt32()));
                break;
            case 0x8c: // SHORT_BINUNICODE
            case 'U': // SHORT_BINSTRING
                Push(Text(Byte()));
                break;
            case 'T': // BINSTRING
                Push(Text(UInt32()));
                break;
            case 'B': // BINBYTES
                Push(Bytes(UInt32()));
                break;
            case 'C': // SHORT_BINBYTES
                Push(Bytes(Byte()));
                break;
            case ']':
                Push(new List<object?>());
                break;
            case '}':
                Push(new PickleDictionary());
                break;
            case ')':
                Push(new PickleTuple([]));
                break;
            case 't': // TUPLE
                Push(new PickleTuple(PopToMark()));
                break;
            case 0x85 or 0x86 or 0x87: // TUPLE1 to TUPLE3
                Push(new PickleTuple(PopLast(opcode - 0x84)));
                break;
            case 'a': // APPEND
                Append([Pop()]);
                break;
            case 'e': // APPENDS
                Append(PopToMark());
                break;
            case 's': // SETITEM
                SetItems(PopLast(2));
                break;
            case 'u': // SETITEMS
                SetItems(PopToMark());
                break;
            case 'c': // GLOBAL
                Push(Named(new PickleGlobal(Line(), Line())));
                break;
            case 0x93: // STACK_GLOBAL
                Push(PopLast(2) is [string module, string name] ? Named(new PickleGlobal(module, name)) : throw Broken());
                break;
            case 'R' or 0x81: // REDUCE, NEWOBJ
                Push(PopLast(2) is [PickleGlobal function, PickleTuple arguments] ? Call(function, arguments.Items) : throw Broken());
                break;
            case 'b': // BUILD: attributes of an object are of no use here.
                Pop();
                if (Top() is not (PickleDictionary or PickleInert or TorchTensorReference))
                {
                    throw Broken();
                }

                break;
            case 'q': // BINPUT
                _memo[Byte()] = Top();
                break;
            case 'r': // LONG_BINPUT
                _memo[UInt32()] = Top();
                break;
            case 0x94: // MEMOIZE
                _memo[_memo.Count] = Top();
                break;
            case 'h': // BINGET
                Push(Recall(Byte()));
                break;
            case 'j': // LONG_BINGET
                Push(Recall(UInt32()));
                break;
            case 'Q': // BINPERSID
                Push(persistent(Pop()));
                break;
            default:
                throw new InvalidDataException($"its pickle uses the opcode 0x{opcode:x2}, which is not on the closed list of this reader");
        }
    }

    private void Charge(long steps)
    {
        _steps += steps;
        if (_steps > MostSteps)
        {
            throw new InvalidDataException($"its pickle takes more than {MostSteps} steps");
        }
    }

    private object Call(PickleGlobal function, object?[] arguments)
    {
        // A call copies its lists, and one long list of the memo could be copied again and again.
        Charge(arguments.Sum(a => a is List<object?> list ? (long)list.Count : 0));
        return construct(function, arguments) ?? throw Refused(function);
    }

    private PickleGlobal Named(PickleGlobal name) => construct(name, null) is not null ? name : throw Refused(name);

    private void Append(object?[] items) => (Top() as List<object?> ?? throw Broken()).AddRange(items);

    private void SetItems(object?[] items)
    {
        if (Top() is not PickleDictionary dictionary || items.Length % 2 != 0)
        {
            throw Broken();
        }

        for (var i = 0; i < items.Length; i += 2)
        {
            dictionary.Items.Add((items[i], items[i + 1]));
        }
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Pop() => PopLast(1)[0];

    private object? Top() => _stack.Count > 0 ? _stack[^1] : throw Broken();

    private object?[] PopToMark() => _marks.TryPop(out var mark) && mark <= _stack.Count ? PopLast(_stack.Count - mark) : throw Broken();

    private object?[] PopLast(int count)
    {
        if (_stack.Count - count < (_marks.TryPeek(out var mark) ? mark : 0))
        {
            throw Broken();
        }

        var items = _stack.GetRange(_stack.Count - count, count).ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return items;
    }

    private object? Recall(long index) => _memo.TryGetValue(index, out var value) ? value : throw Broken();

    private int Byte() => stream.ReadByte() is >= 0 and var value ? value : throw Truncated();

    private long UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    private byte[] Bytes(long count)
    {
        if (count > stream.Length - stream.Position)
        {
            throw Truncated();
        }

        _text += count;
        if (_text > MostText)
        {
            throw new InvalidDataException($"its pickle holds more than {MostText >> 20} MB of text");
        }

        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private void Skip(int count) => Bytes(count);

    private string Text(long count) => Encoding.UTF8.GetString(Bytes(count));

    private string Line()
    {
        var line = new StringBuilder();
        while (Byte() is var value && value != '\n')
        {
            line.Append(line.Length < 1000 ? (char)value : throw Broken());
        }

        return line.ToString();
    }

    private object Integer(int bytes)
    {
        var value = bytes <= LongestInteger ? new BigInteger(Bytes(bytes)) : throw Broken();
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    private static InvalidDataException Broken() => new("its pickle is broken");

    private static InvalidDataException Truncated() => new("its pickle ends too early");

    private static InvalidDataException Refused(PickleGlobal name) => new(
        $"its pickle asks for {OneLine.From(name.ToString())}, which is not on the closed list of this reader; nothing of it was run");
}
