namespace Gdn.Harness.Corpus;

/// <summary>
/// The random choices of one document. SplitMix64 (Steele, Lea, Flood 2014) is written out here because a corpus
/// must stay the same bytes on every runtime, which <see cref="Random"/> does not promise.
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
        foreach (char c in instance) hash = Mix(hash ^ c);
        return (hash % 16) switch
        {
            0 => CorpusSplit.Test,
            1 => CorpusSplit.Valid,
            _ => CorpusSplit.Train,
        };
    }

    /// <summary>A seed for draws of their own.</summary>
    public ulong Seed() => Next();

    private ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
