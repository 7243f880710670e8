using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>What the tool asks of an engine's process. Every message begins with one of these, or with a <see cref="Reply"/>.</summary>
internal enum Request : byte
{
    /// <summary>What it offers: kernel, model, convolution, their precision.</summary>
    Describe,

    /// <summary>Whether the kernel runs a shape.</summary>
    Supports,

    /// <summary>One call of the kernel.</summary>
    RunKernel,

    /// <summary>Whether the convolution runs a shape.</summary>
    SupportsConv,

    /// <summary>One call of the convolution.</summary>
    RunConv,

    /// <summary>A model engine without sequences, in place of the last one.</summary>
    Create,

    /// <summary>The end of the model engine.</summary>
    Dispose,

    /// <summary>One batch.</summary>
    Decode,

    /// <summary>The next position and slot of a sequence.</summary>
    Locate,

    /// <summary>Counts since the engine was made.</summary>
    Counters,

    /// <summary><see cref="IModelEngine.Clear"/>.</summary>
    Clear,

    /// <summary><see cref="IModelEngine.Copy"/>.</summary>
    Copy,

    /// <summary><see cref="IModelEngine.Snapshot"/>; the state stays in the engine's process, under a number.</summary>
    Snapshot,

    /// <summary><see cref="IModelEngine.Restore"/>.</summary>
    Restore,

    /// <summary><see cref="IModelEngine.Rollback"/>.</summary>
    Rollback,

    /// <summary>A workload, timed there.</summary>
    Time,

    /// <summary>Work that the engine has no part in, timed there.</summary>
    TimeFixedWork,
}

/// <summary>How an engine's process answers.</summary>
internal enum Reply : byte
{
    /// <summary>Done; what was asked for follows.</summary>
    Done,

    /// <summary>An <see cref="Gdn.Reference.InputException"/>: where, problem, remedy.</summary>
    Refused,

    /// <summary>An <see cref="EnvironmentException"/>: where, problem, remedy.</summary>
    EnvironmentFailed,

    /// <summary>A <see cref="StrayWriteException"/>: where.</summary>
    StrayWrite,

    /// <summary>Any other exception: type and message.</summary>
    Threw,
}
