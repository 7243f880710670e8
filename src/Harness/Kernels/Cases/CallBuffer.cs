namespace Gdn.Harness.Kernels.Cases;

/// <summary>A buffer of a kernel's call.</summary>
internal enum CallBuffer
{
    /// <summary>Queries.</summary>
    Q,

    /// <summary>Keys.</summary>
    K,

    /// <summary>Values.</summary>
    V,

    /// <summary>Log decays.</summary>
    G,

    /// <summary>Write strengths.</summary>
    Beta,

    /// <summary>States.</summary>
    Pool,

    /// <summary>The output.</summary>
    Output,

    /// <summary>Snapshots.</summary>
    Snapshots,

    /// <summary>A_log of raw gates.</summary>
    ALog,

    /// <summary>dt_bias of raw gates.</summary>
    TimeStepBias,

    /// <summary>Inputs of a convolution.</summary>
    X,

    /// <summary>Weights of a convolution.</summary>
    Weights,

    /// <summary>Bias of a convolution.</summary>
    Bias,
}

/// <summary>Names of buffers.</summary>
internal static class CallBufferNames
{
    /// <summary>The name that findings use, for example <c>q</c>.</summary>
    public static string Name(this CallBuffer buffer) => buffer switch
    {
        CallBuffer.Output => "o",
        CallBuffer.ALog => "A_log",
        CallBuffer.TimeStepBias => "dt_bias",
        _ => buffer.ToString().ToLowerInvariant(),
    };
}
