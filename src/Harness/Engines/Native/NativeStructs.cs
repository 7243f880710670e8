using System.Runtime.InteropServices;

namespace Gdn.Harness.Engines.Native;

// The structures of docs/gdn_engine.h, field by field.

/// <summary><c>gdn_description</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeDescription
{
    public uint StructSize, KernelCallSize, ModelOptionsSize, TokenSize;
    public NativeCapabilities Capabilities;
    public int StateFormat, InputFormat, ArithmeticFormat, Chunk, StateLayout;
}

/// <summary>What a library exports.</summary>
[Flags]
internal enum NativeCapabilities : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>GDN_KERNEL</c></summary>
    Kernel = 1,

    /// <summary><c>GDN_MODEL</c></summary>
    Model = 2,
}

/// <summary><c>gdn_kernel_call</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeKernelCall
{
    public int Sequences, Tokens, KeyHeads, ValueHeads, KeyDim, ValueDim, GatePerChannel, HeadMap, Planes, Rows;
    public float* Q, K, V, G, Beta;
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
