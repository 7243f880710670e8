namespace Gdn.Harness.TrainingText;

/// <summary>
/// The random choices of one document, from SplitMix64 (Steele, Lea, Flood 2014): the same bytes on every runtime.
/// </summary>
/// <param name="seed">Same seed, same choices.</param>
/// <param name="split">The part of the corpus that <see cref="Instance"/> draws from.</param>
internal sealed class Draw(ulong seed, CorpusSplit split)
{
    private ulong _state = seed;

    /// <summary>A number in <c>[0, count)</c>.</summary>
    public int Below(int count) => (int)((Next() >> 32) * (ulong)count >> 32);

    /// <summary>A number in <c>[low, high]</c>.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    /// <summary>
    /// A number in <c>[0, count)</c>: the favourite with the given probability, else any. A favourite keeps the two
    /// likeliest continuations apart, so greedy decoding meets few ties where the text is free to go anywhere.
    /// </summary>
    public int Favouring(int favourite, double probability, int count) =>
        Chance(probability) ? favourite : Below(count);

    /// <summary>Draws until the instance belongs to this split.</summary>
    public string Instance(Func<string> draw)
    {
        string instance;
        do
            instance = draw();
        while (SplitOf(instance) != split);
        return instance;
    }

    /// <summary>Where an instance belongs, decided by its text alone: 14 of 16 to training, one each to the others.</summary>
    private static CorpusSplit SplitOf(string instance)
    {
        ulong hash = 0;
        foreach (char c in instance) hash = SeededRandom.Mix(hash ^ c);
        return (hash % 16) switch
        {
            0 => CorpusSplit.Test,
            1 => CorpusSplit.Valid,
            _ => CorpusSplit.Train,
        };
    }

    /// <summary>A seed for draws of their own.</summary>
    public ulong Seed() => Next();

    private ulong Next() => SeededRandom.SplitMix64(ref _state);
}
