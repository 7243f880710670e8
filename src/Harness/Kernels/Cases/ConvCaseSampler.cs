using Gdn.Reference;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>
/// Draws shapes of convolutions: lengths around the width of the filter, and long ones; channels few and many, odd and round.
/// </summary>
internal static class ConvCaseSampler
{
    private const int Attempts = 10_000;
    private const double MaxWork = 400_000;
    private static readonly int[] Widths = [4, 4, 4, 4, 4, 2, 3, 5, 6, 7, 8];
    private static readonly int[] RoundChannels = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 6144, 8192];

    /// <summary>Case <paramref name="index"/> of a campaign.</summary>
    /// <exception cref="InputException">The engine supports no such shape.</exception>
    public static ConvCase Draw(IConvEngine engine, ulong seed, int index)
    {
        var random = new SeededRandom(SeededRandom.Derive(seed, (ulong)index));
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ConvCallShape shape = DrawShape(random);
            if (shape.Work <= MaxWork && engine.Supports(shape)) return new ConvCase(shape, random.NextUInt64());
        }

        throw new InputException(
            $"conv of engine '{engine.Name}'", $"it supports none of {Attempts} shapes", "check what its Supports accepts");
    }

    private static ConvCallShape DrawShape(SeededRandom random)
    {
        int width = Widths[random.Next(Widths.Length)], sequences = 1 + random.Next(8);
        int tokens = random.Next(8) switch
        {
            0 => 1,
            1 => 2,
            2 => Math.Max(1, width - 2),
            3 => width - 1,
            4 => width,
            5 => width + 1,
            6 => 1 + random.Next(4 * width),
            _ => 64 + random.Next(450),
        };
        int channels = random.Next(3) switch
        {
            0 => 1 + random.Next(40),
            1 => RoundChannels[random.Next(RoundChannels.Length)],
            _ => 1 + random.Next(5000),
        };
        int planes = random.Next(2) == 0 ? 0 : 1 + random.Next(Math.Min(tokens + 1, 9));
        return new ConvCallShape(
            sequences, tokens, channels, width, planes, sequences + random.Next(4), random.Next(3) == 0, random.Next(2) == 0);
    }
}
