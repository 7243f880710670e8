using Gdn.Harness.Checks.Attribution;
using Gdn.Optimized.Batching;

namespace Gdn.Harness.Faults;

/// <summary>
/// A compiled plan is used again for any batch of the same shape, although the state rows are baked into it: a batch of
/// other sequences then reads and writes the first ones' state.
/// </summary>
/// <remarks>
/// With two slots it is harmless, since the only batch of two is always the same; from three on every change of membership
/// bleeds. One sequence alone uses no plan.
/// </remarks>
public sealed class ShapeKey : IEqualityComparer<PlanSignature>
{
    /// <summary>The fault.</summary>
    public static Fault Fault { get; } = new(
        "gr-shape-key",
        "plans are reused by shape while the slots are baked in",
        "ik_llama.cpp #1932, #2260")
    {
        FromSlots = 3,
        Cause = StateCause.OtherSequence,
        Plant = options => options with { PlanKeys = new ShapeKey() },
    };

    private ShapeKey()
    {
    }

    /// <inheritdoc/>
    public bool Equals(PlanSignature x, PlanSignature y) => Shape(x).SequenceEqual(Shape(y));

    /// <inheritdoc/>
    public int GetHashCode(PlanSignature signature)
    {
        var hash = new HashCode();
        foreach (int size in Shape(signature)) hash.Add(size);
        return hash.ToHashCode();
    }

    // Everything but the slots.
    private static int[] Shape(PlanSignature signature)
    {
        var shape = new List<int> { signature.SequenceCount, signature.TokensPerSequence, signature.Planes };
        foreach (SequenceRoute route in signature.Routes) shape.AddRange([route.Resets ? 1 : 0, route.LivePlane]);
        return [.. shape];
    }
}
