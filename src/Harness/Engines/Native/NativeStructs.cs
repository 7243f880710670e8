using System.Runtime.InteropServices;

namespace Gdn.Harness.Engines.Native;

// The structures of docs/gdn_engine.h, field by field.

/// <summary><c>gdn_description</c>; zero in a field that the library does not know means what was usual before it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeDescription
{
    public uint StructSize, KernelCallSize, ModelOptionsSize, TokenSize;
    public NativeLevels Levels;
    public int StateFormat, InputFormat, ArithmeticFormat, Chunk, StateLayout;

    // Since version 2.
    public uint CountersSize;
    public NativeModelFlags ModelFlags;
    public int Rollback, RollbackDepth, RaggedBatches, InterleavedBatches, UniformBatches, MaxBatchTokens, MaxPositions, CacheFormat;

    public int StateBlock, StateRounding;

    // Since kernels have forms.
    public NativeKernelFlags KernelFlags;

    public uint ConvCallSize;

    /// <summary>Bytes of version 1, which every library has.</summary>
    public const int LeastSize = 40;
}

/// <summary>What a library exports.</summary>
[Flags]
internal enum NativeLevels : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>GDN_KERNEL</c></summary>
    Kernel = 1,

    /// <summary><c>GDN_MODEL</c></summary>
    Model = 2,

    /// <summary><c>GDN_CONV</c></summary>
    Conv = 4,
}

/// <summary>What a model engine is or does otherwise than usual.</summary>
[Flags]
internal enum NativeModelFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>GDN_NO_COPY</c></summary>
    NoCopy = 1,

    /// <summary><c>GDN_NO_SNAPSHOT</c></summary>
    NoSnapshot = 2,

    /// <summary><c>GDN_NOT_REPRODUCIBLE</c></summary>
    NotReproducible = 4,

    /// <summary><c>GDN_CUT_INVARIANT</c></summary>
    CutInvariant = 8,

    /// <summary><c>GDN_ROLLS_BACK_WHOLE_BATCH</c></summary>
    RollsBackWholeBatch = 16,

    /// <summary><c>GDN_POISONS_FREE_SLOTS</c></summary>
    PoisonsFreeSlots = 32,

    /// <summary><c>GDN_ARITHMETIC_UNDECLARED</c></summary>
    ArithmeticUndeclared = 64,
}

/// <summary>Forms of calls that a kernel takes, and those of one call.</summary>
[Flags]
internal enum NativeKernelFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>GDN_KERNEL_RAGGED</c></summary>
    Ragged = 1,

    /// <summary><c>GDN_KERNEL_RAW_GATES</c></summary>
    RawGates = 2,

    /// <summary><c>GDN_KERNEL_RAW_KEYS</c></summary>
    RawKeys = 4,

    /// <summary><c>GDN_KERNEL_EMPTY_SEQUENCES</c></summary>
    EmptySequences = 8,
}

/// <summary><c>gdn_kernel_call</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeKernelCall
{
    public int Sequences, Tokens, KeyHeads, ValueHeads, KeyDim, ValueDim, GatePerChannel, HeadMap, Planes, Rows;
    public float* Q, K, V, G, Beta;
    public int* RowOfSequence;
    public float* Pool, Output, Snapshots;

    // Since kernels have forms.
    public int* Offsets;
    public float* ALog, TimeStepBias;
    public NativeKernelFlags Flags;
    public int TotalTokens;

    /// <summary>Bytes of version 1, which every library has.</summary>
    public const int LeastSize = 112;
}

/// <summary><c>gdn_conv_call</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeConvCall
{
    public int Sequences, Tokens, Channels, Width, Planes, Rows, HasBias, HasSiLU;
    public float* X, Weights, Bias;
    public int* RowOfSequence;
    public float* Pool, Output, Snapshots;
}

/// <summary><c>gdn_model_options</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeModelOptions
{
    public byte* Path;
    public int Slots, Planes, MaxBatchTokens, MaxPositions;
}

/// <summary><c>gdn_token</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeToken
{
    public int Token, Sequence, Position, Output;
}

/// <summary><c>gdn_counters</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeCounters
{
    public long BatchedRuns, InPlaceRuns, SplitBatches, Fallbacks, PlanHits, PlanMisses;
}
