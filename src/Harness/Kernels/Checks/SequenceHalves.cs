namespace Gdn.Harness.Kernels.Checks;

/// <summary>The sequences of a case in two parts: one is changed while the other is watched, and then the other way round.</summary>
internal static class SequenceHalves
{
    /// <summary>Two random halves; the first is empty where there is one sequence.</summary>
    /// <param name="sequences">How many there are.</param>
    /// <param name="seed">The case's.</param>
    public static (int[] Half, int[] Others) Of(int sequences, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, sequences)];
        new SeededRandom(seed).Shuffle(order.AsSpan());
        int half = order.Length / 2;
        return (order[..half], order[half..]);
    }
}
