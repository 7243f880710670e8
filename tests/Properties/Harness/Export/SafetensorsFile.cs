using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gdn.Properties.Harness.Export;

/// <summary>Reads safetensors files, as anyone would who knows only their format.</summary>
internal sealed class SafetensorsFile
{
    private readonly byte[] _data;
    private readonly JsonElement _header;

    public SafetensorsFile(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int length = checked((int)BitConverter.ToInt64(bytes));
        _header = JsonDocument.Parse(bytes.AsMemory(8, length)).RootElement;
        _data = bytes[(8 + length)..];
    }

    /// <summary>Names of all tensors.</summary>
    public IEnumerable<string> Names => _header.EnumerateObject().Select(tensor => tensor.Name);

    /// <summary>Length of all data; tensors fill it without gaps.</summary>
    public int DataLength => _data.Length;

    /// <summary>A tensor's type, shape and place.</summary>
    public (string Type, int[] Shape, int Begin, int End) Info(string name)
    {
        JsonElement tensor = _header.GetProperty(name);
        JsonElement offsets = tensor.GetProperty("data_offsets");
        return (
            tensor.GetProperty("dtype").GetString()!,
            [.. tensor.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())],
            offsets[0].GetInt32(), offsets[1].GetInt32());
    }

    /// <summary>A tensor's elements.</summary>
    public T[] Elements<T>(string name) where T : unmanaged
    {
        (_, _, int begin, int end) = Info(name);
        return MemoryMarshal.Cast<byte, T>(_data.AsSpan(begin, end - begin)).ToArray();
    }
}
