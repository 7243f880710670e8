using System.Text;
using Gdn.Reference.Gguf;

namespace Gdn.Harness.Models;

/// <summary>
/// Adds random F32 tensors to a file. Each tensor has a stream of its own, made of the seed and its name, so that a
/// tensor stays the same when others come or go: a model with and without a draft layer has the same trunk.
/// </summary>
/// <remarks>Only arithmetic that is the same on every machine, so that a seed means the same bytes everywhere.</remarks>
internal sealed class RandomTensors(GgufWriter file, int seed)
{
    /// <summary>Adds a projection <c>[outputs, inputs]</c> that turns inputs of size 1 into outputs of size gain.</summary>
    public void Projection(string name, int inputs, int outputs, double gain = 1)
    {
        double bound = gain * Math.Sqrt(3.0 / inputs);
        Add(name, [inputs, outputs], -bound, bound);
    }

    /// <summary>Adds one such projection per expert: <c>[experts, outputs, inputs]</c>.</summary>
    public void Projections(string name, int inputs, int outputs, int experts)
    {
        double bound = Math.Sqrt(3.0 / inputs);
        Add(name, [inputs, outputs, experts], -bound, bound);
    }

    /// <summary>Adds a norm's weights <c>[length]</c>, around 1.</summary>
    public void Norm(string name, int length) => Add(name, [length], 0.75, 1.25);

    /// <summary>Adds a tensor with elements uniform between the bounds.</summary>
    public void Add(string name, ReadOnlySpan<long> dimensions, double low, double high)
    {
        long count = 1;
        foreach (long size in dimensions) count *= size;
        ulong state = StreamOf(name);
        var values = new float[count];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(low + (high - low) * SeededRandom.ToUnit(SeededRandom.SplitMix64(ref state)));
        file.Add(name, dimensions, values);
    }

    // FNV-1a of the name, over the seed.
    private ulong StreamOf(string name)
    {
        ulong hash = 14695981039346656037 ^ (uint)seed;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) hash = (hash ^ b) * 1099511628211;
        return hash;
    }
}
