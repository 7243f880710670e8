using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gdn.Golden;

/// <summary>
/// Inputs and results of another engine, as <c>make/</c> wrote them: <c>Vectors/{subject}.json</c> names the arrays
/// that lie in <c>Vectors/{subject}.bin</c>, little-endian, one after another.
/// </summary>
public sealed class GoldenVectors
{
    private GoldenVectors(JsonElement environment, IReadOnlyList<GoldenCase> cases, byte[] data)
    {
        Environment = environment;
        Cases = cases;
        Length = data.Length;
    }

    /// <summary>What made the numbers: releases, commits, options.</summary>
    public JsonElement Environment { get; }

    /// <summary>The cases in file order.</summary>
    public IReadOnlyList<GoldenCase> Cases { get; }

    /// <summary>Size of the data in bytes.</summary>
    public int Length { get; }

    /// <summary>The case of that name.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public GoldenCase this[string name] => Cases.Single(c => c.Name == name);

    /// <summary>Where the vectors lie when the tests run.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Vectors");

    /// <summary>Reads a subject whole.</summary>
    /// <param name="subject">File name without extension, for example <c>ops</c>.</param>
    public static GoldenVectors Load(string subject)
    {
        byte[] data = File.ReadAllBytes(Path.Combine(Folder, subject + ".bin"));
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, subject + ".json")));
        JsonElement root = manifest.RootElement.Clone();
        return new GoldenVectors(
            root.GetProperty("environment"),
            [.. root.GetProperty("cases").EnumerateArray().Select(entry => new GoldenCase(entry, data))],
            data);
    }
}

/// <summary>
/// One case: a name, parameters and named arrays. Shapes are outermost first, the last index contiguous.
/// </summary>
public sealed class GoldenCase
{
    private readonly byte[] _data;

    internal GoldenCase(JsonElement entry, byte[] data)
    {
        _data = data;
        Name = entry.GetProperty("name").GetString()!;
        Parameters = entry.GetProperty("parameters");
        Arrays = entry.GetProperty("arrays").EnumerateObject()
            .ToDictionary(array => array.Name, array => GoldenArray.Parse(array.Value));
    }

    /// <summary>Unique within the subject.</summary>
    public string Name { get; }

    /// <summary>The case's scalar parameters.</summary>
    public JsonElement Parameters { get; }

    /// <summary>Where each array lies.</summary>
    public IReadOnlyDictionary<string, GoldenArray> Arrays { get; }

    /// <summary>The shape of an array.</summary>
    public int[] Shape(string array) => Arrays[array].Shape;

    /// <summary>A copy of an array of <c>f32</c>.</summary>
    public float[] Floats(string array) => MemoryMarshal.Cast<byte, float>(Raw(array, "f32")).ToArray();

    /// <summary>An array of <c>f32</c>, widened.</summary>
    public double[] Doubles(string array) => Array.ConvertAll(Floats(array), x => (double)x);

    /// <summary>A copy of an array of <c>i32</c>.</summary>
    public int[] Ints(string array) => MemoryMarshal.Cast<byte, int>(Raw(array, "i32")).ToArray();

    /// <summary>A copy of an array of <c>u8</c>.</summary>
    public byte[] Bytes(string array) => Raw(array, "u8").ToArray();

    /// <inheritdoc/>
    public override string ToString() => Name;

    private ReadOnlySpan<byte> Raw(string array, string dtype)
    {
        GoldenArray at = Arrays[array];
        if (at.DType != dtype) throw new InvalidOperationException($"{Name}: {array} is {at.DType}, not {dtype}");
        return _data.AsSpan(at.Offset, at.Length);
    }
}

/// <summary>Where an array lies.</summary>
/// <param name="DType"><c>f32</c>, <c>i32</c> or <c>u8</c>.</param>
/// <param name="Shape">Outermost first.</param>
/// <param name="Offset">Bytes from the start of the data.</param>
/// <param name="Length">Bytes.</param>
public sealed record GoldenArray(string DType, int[] Shape, int Offset, int Length)
{
    /// <summary>Number of elements that the shape asks for.</summary>
    public int Count => Shape.Aggregate(1, (product, extent) => product * extent);

    internal static GoldenArray Parse(JsonElement entry) => new(
        entry.GetProperty("dtype").GetString()!,
        [.. entry.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())],
        entry.GetProperty("offset").GetInt32(),
        entry.GetProperty("length").GetInt32());
}
