using System.Numerics;

namespace Gdn.Harness;

/// <summary>
/// A small pseudo-random generator whose stream is fixed by its seed for good, on every runtime and platform, so that
/// a printed seed replays a case years later. <see cref="Random"/> does not promise that.
/// </summary>
/// <remarks>
/// xoshiro256** of Blackman and Vigna (<i>Scrambled Linear Pseudorandom Number Generators</i>, 2021), its state filled
/// by splitmix64 as they advise. Not thread-safe, and not for secrets.
/// </remarks>
public sealed class SeededRandom
{
    private ulong _s0, _s1, _s2, _s3;
    private double? _spareGaussian;

    /// <summary>Starts the stream of <paramref name="seed"/>; any value will do.</summary>
    public SeededRandom(ulong seed)
    {
        _s0 = SplitMix64(ref seed);
        _s1 = SplitMix64(ref seed);
        _s2 = SplitMix64(ref seed);
        _s3 = SplitMix64(ref seed);
    }

    /// <summary>The seed of an independent stream, for the parts of a whole: case i of a campaign, say.</summary>
    public static ulong Derive(ulong seed, ulong stream)
    {
        ulong state = seed;
        state = SplitMix64(ref state) ^ stream;
        return SplitMix64(ref state);
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Token ids, each uniform over a vocabulary.</summary>
    public int[] NextTokens(int count, int vocabulary)
    {
        var tokens = new int[count];
        for (int i = 0; i < count; i++) tokens[i] = Next(vocabulary);
        return tokens;
    }

    /// <summary>Uniform in <c>0 .. maxExclusive - 1</c>, without bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty.</exception>
    public int Next(int maxExclusive)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxExclusive, 1);
        ulong range = (ulong)maxExclusive;
        // 2^64 mod range values at the bottom would be hit once too often.
        ulong threshold = (0 - range) % range;
        while (true)
        {
            ulong high = Math.BigMul(NextUInt64(), range, out ulong low);
            if (low >= threshold) return (int)high;
        }
    }

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => ToUnit(NextUInt64());

    /// <summary>
    /// Normal with mean 0 and variance 1, by the polar method of Marsaglia. The one stream that depends on the platform's
    /// logarithm, and so may differ in the last bit elsewhere.
    /// </summary>
    public double NextGaussian()
    {
        if (_spareGaussian is { } spare)
        {
            _spareGaussian = null;
            return spare;
        }

        while (true)
        {
            double x = 2 * NextDouble() - 1, y = 2 * NextDouble() - 1;
            double square = x * x + y * y;
            if (square is 0 or >= 1) continue;
            double scale = Math.Sqrt(-2 * Math.Log(square) / square);
            _spareGaussian = scale * y;
            return scale * x;
        }
    }

    /// <summary>Puts the items into a uniformly random order.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>The upper 53 bits as a fraction.</summary>
    internal static double ToUnit(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));

    /// <summary>The next value of a splitmix64 stream, and its next state.</summary>
    internal static ulong SplitMix64(ref ulong state) => Mix(state += 0x9E3779B97F4A7C15);

    /// <summary>Its last step: every bit of the result depends on every bit of <paramref name="z"/>.</summary>
    internal static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
