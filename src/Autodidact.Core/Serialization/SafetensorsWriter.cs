using System.Buffers.Binary;
using System.Text.Json;
using Autodidact.Files;

namespace Autodidact.Serialization;

/// <summary>
/// Writes safetensors files: an 8-byte header length, a JSON header, then the tensors' bytes, little-endian, without gaps.
/// </summary>
internal static class SafetensorsWriter
{
    /// <summary>Alignment of the data, which lets readers map tensors in place.</summary>
    private const int Alignment = 64;

    /// <summary>Writes a file, atomically: it is either the old one or the whole new one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="entries">The tensors, in the order of their data.</param>
    /// <param name="metadata">Free text by name.</param>
    /// <param name="writeData">Writes the bytes of one tensor; exactly <see cref="SafetensorsEntry.ByteCount"/>.</param>
    public static void Write(
        string path,
        IReadOnlyList<SafetensorsEntry> entries,
        IReadOnlyDictionary<string, string> metadata,
        Action<SafetensorsEntry, Stream> writeData) => AtomicFile.Write(path, stream =>
        {
            stream.Write(Header(entries, metadata));
            foreach (var entry in entries)
            {
                var start = stream.Position;
                writeData(entry, stream);
                if (stream.Position - start != entry.ByteCount)
                {
                    throw new InvalidOperationException(
                        $"{entry.Name}: {stream.Position - start} bytes written, {entry.ByteCount} declared");
                }
            }
        });

    private static byte[] Header(IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[8]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (name, value) in metadata)
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (var entry in entries)
            {
                json.WriteStartObject(entry.Name);
                json.WriteString("dtype", entry.Type.ToString());
                json.WriteStartArray("shape");
                foreach (var dimension in entry.Shape)
                {
                    json.WriteNumberValue(dimension);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += entry.ByteCount);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % Alignment != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        var header = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - 8);
        return header;
    }
}
