using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using Gdn.Reference;

namespace Gdn.Harness.Export;

/// <summary>
/// Writes tensors as safetensors: the length of a header in 8 bytes, the header in JSON (name, type, shape and place of each
/// tensor), then the tensors' elements, all little-endian.
/// </summary>
internal sealed class SafetensorsWriter
{
    private const int Alignment = 8;
    private readonly JsonObject _header = [];
    private readonly List<byte[]> _data = [];
    private long _length;

    /// <summary>Adds a tensor; the last index of its shape is contiguous.</summary>
    public void Add(string name, ReadOnlySpan<int> shape, ReadOnlySpan<double> elements) =>
        Add(name, "F64", shape, MemoryMarshal.AsBytes(elements));

    /// <inheritdoc cref="Add(string, ReadOnlySpan{int}, ReadOnlySpan{double})"/>
    public void Add(string name, ReadOnlySpan<int> shape, ReadOnlySpan<float> elements) =>
        Add(name, "F32", shape, MemoryMarshal.AsBytes(elements));

    /// <inheritdoc cref="Add(string, ReadOnlySpan{int}, ReadOnlySpan{double})"/>
    public void Add(string name, ReadOnlySpan<int> shape, ReadOnlySpan<int> elements) =>
        Add(name, "I32", shape, MemoryMarshal.AsBytes(elements));

    /// <summary>Writes the file; its length.</summary>
    public long Write(string path)
    {
        string json = JsonSerializer.Serialize(_header);
        byte[] header = Encoding.UTF8.GetBytes(json.PadRight((json.Length + Alignment - 1) / Alignment * Alignment));
        AtomicFile.Write(path, file =>
        {
            file.Write(BitConverter.GetBytes((long)header.Length));
            file.Write(header);
            foreach (byte[] tensor in _data) file.Write(tensor);
        });
        return new FileInfo(path).Length;
    }

    private void Add(string name, string type, ReadOnlySpan<int> shape, ReadOnlySpan<byte> bytes)
    {
        _header.Add(name, new JsonObject
        {
            ["dtype"] = type,
            ["shape"] = new JsonArray([.. shape.ToArray().Select(size => (JsonNode)size)]),
            ["data_offsets"] = new JsonArray(_length, _length + bytes.Length),
        });
        _data.Add(bytes.ToArray());
        _length += bytes.Length;
    }
}
