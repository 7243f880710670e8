using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>What an exception out of a call of an op says about the engine.</summary>
/// <param name="Property">The property violated.</param>
/// <param name="Where">How, in words.</param>
/// <param name="Kind">What of it is the same in every case; "" where the property says it all.</param>
internal readonly record struct CallFailure(KernelProperty Property, string Where, string Kind = "")
{
    /// <summary>The failure, or null for an exception that is none of the engine's doing.</summary>
    public static CallFailure? Of(Exception exception) => exception switch
    {
        StrayWriteException e => new(KernelProperty.StrayWrites, e.Where, e.Where.Split('[', 2)[0]),
        EngineDiedException e => new(
            e.Death == EngineDeath.Crash ? KernelProperty.Crash : KernelProperty.Hang, e.Message, e.Message.Split(", printing", 2)[0]),
        InputException e => new(KernelProperty.Refused, e.Problem),
        NotSupportedException e => new(KernelProperty.Refused, e.Message.ReplaceLineEndings(" ")),
        EnvironmentException or OperationCanceledException => null,
        _ => Thrown(EngineFailure.Describe(exception)),
    };

    private static CallFailure Thrown(string words) => new(KernelProperty.Returns, words, words.Split(':', 2)[0]);
}
