namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Tokens that go on from one checkpoint: those in the ring, and some of a pass behind them.</summary>
/// <param name="FirstEntry">Entry of the first token after the checkpoint.</param>
/// <param name="FirstToken">Its index in the pass; negative where the ring holds it from an earlier one.</param>
/// <param name="Earlier">Tokens whose corrections are known.</param>
/// <param name="Count">Tokens to run.</param>
internal readonly record struct RingTokens(int FirstEntry, int FirstToken, int Earlier, int Count)
{
    /// <summary>All of them.</summary>
    public int Total => Earlier + Count;
}
