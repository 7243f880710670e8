using System.Runtime.InteropServices;

namespace Gdn.Harness.Engines.Llama;

/// <summary>
/// <c>llama_model_params</c> or <c>llama_context_params</c>, which libllama takes and returns by value. Both grow between
/// releases. This is larger than either ever was: a callee reads and writes only as many bytes as its own structure has.
/// </summary>
internal unsafe struct LlamaParameters
{
    /// <summary>Bytes.</summary>
    public const int Size = sizeof(ulong) * Words;

    private const int Words = 128;

    // Words of 8 bytes, for the alignment that pointers need.
    private fixed ulong _words[Words];

    /// <summary>Parameters with the given bytes; the rest is zero.</summary>
    public static LlamaParameters Of(ReadOnlySpan<byte> bytes)
    {
        LlamaParameters parameters = default;
        bytes.CopyTo(Bytes(ref parameters));
        return parameters;
    }

    /// <summary>A copy of the bytes.</summary>
    public readonly byte[] ToArray()
    {
        LlamaParameters copy = this;
        return Bytes(ref copy).ToArray();
    }

    private static Span<byte> Bytes(ref LlamaParameters parameters) =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref parameters, 1));
}

/// <summary>
/// <c>llama_batch</c>, passed by value. The last three belong to ik_llama.cpp, which does not use them where positions and
/// sequences are given; mainline's structure ends before them.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaBatch
{
    /// <summary>n_tokens.</summary>
    public int Count;

    /// <summary>Vocabulary ids.</summary>
    public int* Tokens;

    /// <summary>Embeddings in place of tokens; unused.</summary>
    public float* Embeddings;

    /// <summary>Positions.</summary>
    public int* Positions;

    /// <summary>How many sequences each token belongs to.</summary>
    public int* SequenceCounts;

    /// <summary>Which.</summary>
    public int** Sequences;

    /// <summary>1 where a row of logits is wanted.</summary>
    public byte* Outputs;

    private readonly int _allPosition0, _allPosition1, _allSequence;
}
