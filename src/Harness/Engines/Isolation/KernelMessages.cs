using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>Calls of a kernel in messages between the tool and an engine's process.</summary>
internal static class KernelMessages
{
    /// <summary>Adds a shape.</summary>
    public static void WriteShape(Channel channel, in KernelShape shape)
    {
        channel.Write(shape.Rule);
        channel.Write(shape.Sequences);
        channel.Write(shape.Planes);
        channel.Write(shape.HeadMap);
        channel.Write(shape.PoolRows);
        channel.Write(shape.RawInputs);
        channel.Write(shape.Lengths.Values);
    }

    /// <summary>The next shape.</summary>
    public static KernelShape ReadShape(Channel channel) => new(
        channel.Read<DeltaRuleShape>(), channel.Read<int>(), channel.Read<int>(), channel.Read<HeadMap>(), channel.Read<int>())
    {
        RawInputs = channel.Read<KernelForms>(),
        Lengths = new SequenceLengths(channel.ReadSpan<int>()),
    };

    /// <summary>Adds the inputs of a call.</summary>
    public static void WriteCall(Channel channel, in KernelCall call)
    {
        WriteShape(channel, call.Shape);
        channel.Write(call.Q);
        channel.Write(call.K);
        channel.Write(call.V);
        channel.Write(call.G);
        channel.Write(call.Beta);
        channel.Write(call.ALog);
        channel.Write(call.TimeStepBias);
        channel.Write(call.Rows);
        channel.Write<float>(call.Pool);
    }

    /// <summary>The inputs of the next call, readable until the next message; it has no room for results.</summary>
    public static KernelCall ReadCall(Channel channel)
    {
        KernelShape shape = ReadShape(channel);
        return new KernelCall
        {
            Shape = shape,
            Offsets = shape.Lengths.Offsets(),
            Q = channel.ReadSpan<float>(),
            K = channel.ReadSpan<float>(),
            V = channel.ReadSpan<float>(),
            G = channel.ReadSpan<float>(),
            Beta = channel.ReadSpan<float>(),
            ALog = channel.ReadSpan<float>(),
            TimeStepBias = channel.ReadSpan<float>(),
            Rows = channel.ReadSpan<int>(),
            Pool = channel.ReadSpan<float>().ToArray(),
            Output = [],
            Snapshots = [],
        };
    }
}
