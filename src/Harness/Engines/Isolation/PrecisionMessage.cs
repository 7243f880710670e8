using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>What a kernel declares, as values of a message.</summary>
internal static class PrecisionMessage
{
    /// <summary>Adds it to the message to be sent.</summary>
    public static void WritePrecision(this Channel channel, KernelPrecision precision)
    {
        channel.Write(precision.State);
        channel.Write(precision.Inputs);
        channel.Write(precision.Accumulator);
        channel.Write(precision.Chunk);
        channel.Write(precision.Rounding);
        channel.Write(precision.MultipliesDecays);
        channel.Write(precision.Quantization is not null);
        channel.Write(precision.Quantization ?? default);
    }

    /// <summary>Reads it from the message that has arrived.</summary>
    public static KernelPrecision ReadPrecision(this Channel channel)
    {
        var precision = new KernelPrecision(
            channel.Read<double>(), channel.Read<double>(), channel.Read<double>(), channel.Read<int>())
        {
            Rounding = channel.Read<StateRounding>(),
            MultipliesDecays = channel.Read<bool>(),
        };
        (bool isQuantized, StateQuantization quantization) = (channel.Read<bool>(), channel.Read<StateQuantization>());
        return isQuantized ? precision with { Quantization = quantization } : precision;
    }
}
