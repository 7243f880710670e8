namespace Gdn.Harness.Perplexity;

/// <summary>How a text is fed: how many chunks side by side, and how many tokens of each in a pass.</summary>
/// <param name="Sequences">n_seq: chunks that are run at a time, as a sequence each.</param>
/// <param name="Piece">Tokens of each sequence in a pass: the context for a prompt read at once, 1 for decoding.</param>
/// <param name="Path">How reports name it: <c>prefill</c>, <c>decode</c>, or a prompt read in pieces.</param>
public readonly record struct PassPlan(int Sequences, int Piece, string Path)
{
    /// <summary>Chunks read at once.</summary>
    public static PassPlan Prefill(int sequences, int context) => new(sequences, context, "prefill");

    /// <summary>Each token in a pass of its own.</summary>
    public static PassPlan Decode(int sequences) => new(sequences, 1, "decode");

    /// <summary>A single chunk in pieces.</summary>
    public static PassPlan Cut(int piece) => new(1, piece, FormattableString.Invariant($"pieces of {piece}"));
}
