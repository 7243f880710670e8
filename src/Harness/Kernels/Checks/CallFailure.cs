using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>What an exception out of a call of an op says about the engine.</summary>
internal static class CallFailure
{
    /// <summary>The property violated and how, or null for one that is none of the engine's doing.</summary>
    public static (KernelProperty Property, string Where)? Of(Exception exception) => exception switch
    {
        StrayWriteException e => (KernelProperty.StrayWrites, e.Where),
        EngineDiedException e => (e.Death == EngineDeath.Crash ? KernelProperty.Crash : KernelProperty.Hang, e.Message),
        InputException e => (KernelProperty.Refused, e.Problem),
        NotSupportedException e => (KernelProperty.Refused, e.Message.ReplaceLineEndings(" ")),
        EnvironmentException or OperationCanceledException => null,
        _ => (KernelProperty.Returns, EngineFailure.Describe(exception)),
    };
}
