using System.Numerics;
using Gdn.Reference.Gguf;
using Gdn.Reference.Operators;

namespace Gdn.Reference.Models;

/// <summary>
/// Takes a model's tensors out of its file, each checked against the shape that the sizes require, and keeps account of them.
/// A tensor <c>NAME.weight</c> is multiplied by <c>NAME.scale</c> where the file has that. All elements must be finite: what an
/// engine makes of others is no matter of the engine.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="namesOnly">Checks and keeps account, but reads nothing: vectors are empty, matrices without elements.</param>
internal sealed class TensorReader<T>(GgufFile file, bool namesOnly) where T : IFloatingPointIeee754<T>
{
    private const string Weight = ".weight", ScaleSuffix = ".scale";

    private const long MaxOutputs = 1 << 21;

    private readonly HashSet<string> _taken = [];

    /// <summary>Names of the tensors taken.</summary>
    public IReadOnlySet<string> Taken => _taken;

    /// <summary>Whether the file has a tensor.</summary>
    public bool Has(string name) => file.Tensors.ContainsKey(name);

    /// <summary>A tensor's elements.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dimensions">Its sizes, the contiguous one first.</param>
    /// <exception cref="InputException">It is missing, misshapen, not finite or of a type that cannot be read.</exception>
    public T[] Vector(string name, params long[] dimensions)
    {
        GgufTensor tensor = Take(name, dimensions);
        return Values(tensor, ScalesOf(tensor, 1)[0]);
    }

    /// <summary>A matrix; blocks stay as they are in the file.</summary>
    /// <exception cref="InputException">As of <see cref="Vector"/>.</exception>
    public Matrix<T> Matrix(string name, int rows, int columns)
    {
        GgufTensor tensor = Take(name, columns, rows);
        float scale = ScalesOf(tensor, 1)[0];
        return IsPacked(tensor)
            ? new Matrix<T>(rows, columns, Scaled(Blocks(tensor), scale))
            : new Matrix<T>(rows, columns, Values(tensor, scale));
    }

    /// <summary>Matrices of one shape that lie in one tensor, and may have a scale each.</summary>
    /// <exception cref="InputException">As of <see cref="Vector"/>.</exception>
    public Matrix<T>[] Stack(string name, int count, int rows, int columns)
    {
        GgufTensor tensor = Take(name, columns, rows, count);
        float[] scales = ScalesOf(tensor, count);
        if (namesOnly) return [.. scales.Select(_ => new Matrix<T>(rows, columns, Blocks(tensor)))];
        return IsPacked(tensor)
            ? [.. file.ReadQuantized(tensor).Split(count).Select(
                (part, i) => new Matrix<T>(rows, columns, Scaled(part, scales[i])))]
            : [.. Values(tensor, 1).Chunk(rows * columns).Select(
                (part, i) => new Matrix<T>(rows, columns, Multiply(part, scales[i])))];
    }

    /// <summary>The outputs of a matrix, or of each of a stack, whose inputs alone are known.</summary>
    /// <exception cref="InputException">It is missing, or no matrix.</exception>
    public int Outputs(string name)
    {
        GgufTensor tensor = file.GetTensor(name);
        return tensor.Dimensions is [_, > 0 and <= MaxOutputs, ..]
            ? (int)tensor.Dimensions[1]
            : throw Misshapen(tensor, $"a second dimension of 1 to {MaxOutputs}");
    }

    private bool IsPacked(GgufTensor tensor) => namesOnly || GgmlTypes.Find(tensor.Type)!.BlockElements > 1;

    private PackedElements Blocks(GgufTensor tensor) => namesOnly ? NoElements.Instance : file.ReadQuantized(tensor);

    private static PackedElements Scaled(PackedElements elements, float scale) =>
        scale == 1 ? elements : new ScaledElements(elements, scale);

    private T[] Values(GgufTensor tensor, float scale)
    {
        if (namesOnly) return [];
        float[] values = file.Read(tensor);
        return Multiply(values as T[] ?? Array.ConvertAll(values, T.CreateChecked), scale);
    }

    private static T[] Multiply(T[] values, float scale) =>
        scale == 1 ? values : Array.ConvertAll(values, value => value * T.CreateChecked(scale));

    // One for all, or one for each matrix of a stack; 1 where the file has none.
    private float[] ScalesOf(GgufTensor scaled, int count)
    {
        float[] scales = ReadScales(scaled.Name, count);
        if (!namesOnly)
        {
            float largest = file.MagnitudeOf(scaled);
            foreach (float scale in scales) RequireFinite(scaled, largest, scale);
        }

        return scales;
    }

    private void RequireFinite(GgufTensor tensor, float largest, float scale)
    {
        if (float.IsFinite(largest * scale)) return;
        throw new InputException(
            $"{file.Name}: tensor '{tensor.Name}'",
            float.IsFinite(largest) ? $"it holds {largest}, too large to be multiplied by its scale {scale}" : "it holds NaN or an infinity",
            "the file is damaged, or was converted wrongly: download or convert it again");
    }

    private float[] ReadScales(string name, int count)
    {
        string scaleName = name.EndsWith(Weight, StringComparison.Ordinal) ? name[..^Weight.Length] + ScaleSuffix : "";
        if (!file.Tensors.TryGetValue(scaleName, out GgufTensor? tensor)) return Repeat(1, count);
        if (tensor.ElementCount != 1 && tensor.ElementCount != count)
            throw Misshapen(tensor, count == 1 ? "[1]" : $"[1] or [{count}]");
        Require(tensor);
        _taken.Add(scaleName);
        if (namesOnly) return Repeat(1, count);
        RequireFinite(tensor, file.MagnitudeOf(tensor), 1);
        float[] scales = file.Read(tensor);
        return scales.Length == count ? scales : Repeat(scales[0], count);
    }

    private static float[] Repeat(float value, int count)
    {
        var values = new float[count];
        Array.Fill(values, value);
        return values;
    }

    private GgufTensor Take(string name, params long[] dimensions)
    {
        GgufTensor tensor = file.GetTensor(name);
        if (!HasSizes(tensor, dimensions))
            throw Misshapen(tensor, $"[{string.Join(", ", dimensions)}]");
        if (dimensions is [var columns, var rows, ..] && columns * rows > Array.MaxLength)
            throw Misshapen(tensor, $"a matrix, and one of at most {Array.MaxLength} elements is supported");
        Require(tensor);
        _taken.Add(name);
        return tensor;
    }

    // Dimensions of 1 after the last are nothing.
    private static bool HasSizes(GgufTensor tensor, long[] dimensions) =>
        tensor.Dimensions.Count >= dimensions.Length
        && tensor.Dimensions.Index().All(size => size.Item == (size.Index < dimensions.Length ? dimensions[size.Index] : 1));

    private void Require(GgufTensor tensor)
    {
        if (!tensor.IsReadable) throw GgmlTypes.Unsupported($"{file.Name}: tensor '{tensor.Name}'", tensor.Type);
    }

    private InputException Misshapen(GgufTensor tensor, string expected) => new(
        $"{file.Name}: tensor '{tensor.Name}'", $"its shape is [{string.Join(", ", tensor.Dimensions)}]",
        $"the model's sizes require {expected}");

    // What stands for the elements where only names are wanted.
    private sealed record NoElements : PackedElements
    {
        public static readonly NoElements Instance = new();

        public override TValue[] Unpack<TValue>() => throw new InvalidOperationException("Only names were read.");

        public override PackedElements TakeRows(int columns, IReadOnlyList<int> rows) => this;
    }
}
