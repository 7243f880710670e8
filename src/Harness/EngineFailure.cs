using Gdn.Reference.Engines;

namespace Gdn.Harness;

/// <summary>Exceptions of engines in words.</summary>
internal static class EngineFailure
{
    /// <summary>Type and message, or how the engine's process ended.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        EngineDiedException or ContractException => exception.Message,
        EngineThrewException threw => $"{threw.Type}: {threw.Message.ReplaceLineEndings(" ")}",
        _ => $"{exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}",
    };
}
