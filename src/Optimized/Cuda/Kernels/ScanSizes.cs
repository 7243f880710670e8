using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>Sizes of a delta scan, as kernels see them.</summary>
public struct ScanSizes
{
    // Launches take no parameters with fields of type bool.
    private int _areGatesLogs;

    /// <summary>Hk.</summary>
    public int KeyHeads { readonly get; init; }

    /// <summary>Hv.</summary>
    public int ValueHeads { readonly get; init; }

    /// <summary>K.</summary>
    public int KeyDim { readonly get; init; }

    /// <summary>V.</summary>
    public int ValueDim { readonly get; init; }

    /// <summary>Gates of a head: 1, or K.</summary>
    public int Gates { readonly get; init; }

    /// <summary>Value heads next to each other that share a key head; 0 where the map is tiled.</summary>
    public int GroupSize { readonly get; init; }

    /// <summary>Entries from one token's queries, and keys, to the next one's.</summary>
    public int KeyStride { readonly get; init; }

    /// <summary>Entries from one token's values to the next one's.</summary>
    public int ValueStride { readonly get; init; }

    /// <summary>Threads of a group of the kernels whose threads share tokens.</summary>
    public int Threads { readonly get; init; }

    /// <summary>Whether gates are g, one per head; otherwise they are exp(g).</summary>
    public bool AreGatesLogs
    {
        readonly get => _areGatesLogs != 0;
        init => _areGatesLogs = value ? 1 : 0;
    }

    /// <summary>What outputs are multiplied with: 1 / sqrt(K).</summary>
    public float Scale { readonly get; init; }

    /// <summary>
    /// The same, where heads are 128 x 128: known when a kernel is compiled, so that addresses cost nothing and loops over lanes
    /// have no conditions.
    /// </summary>
    public readonly ScanSizes Square => this with { KeyDim = 128, ValueDim = 128, Threads = DeltaStreamKernel.MaxGroupSize };

    /// <summary>Whether they are those of <see cref="Square"/>.</summary>
    public readonly bool IsSquare => this is { KeyDim: 128, ValueDim: 128, Threads: DeltaStreamKernel.MaxGroupSize };

    /// <summary>Entries of a state: Hv * K * V.</summary>
    public readonly long StateLength => (long)ValueHeads * KeyDim * ValueDim;

    /// <summary>The sizes of a rule.</summary>
    public static ScanSizes Of(in DeltaRuleShape rule, HeadMap map, int keyStride, int valueStride) => new()
    {
        KeyHeads = rule.KeyHeads,
        ValueHeads = rule.ValueHeads,
        KeyDim = rule.KeyDim,
        ValueDim = rule.ValueDim,
        Gates = rule.PerChannelGate ? rule.KeyDim : 1,
        GroupSize = map == HeadMap.Tiled ? 0 : rule.ValueHeads / rule.KeyHeads,
        KeyStride = keyStride,
        ValueStride = valueStride,
        Scale = (float)(1 / Math.Sqrt(rule.KeyDim)),
    };

    /// <summary>The key head of a value head.</summary>
    public readonly int KeyHeadOf(int valueHead) => GroupSize == 0 ? valueHead % KeyHeads : valueHead / GroupSize;

    /// <summary>The decay that a gate of a head stands for.</summary>
    public readonly float Decay(float gate) => AreGatesLogs ? DeviceMath.Exp(gate) : gate;
}
