namespace Gdn.Reference.Engines;

/// <summary>A foreign engine threw; its process goes on.</summary>
/// <param name="type">Name of the exception's type in the engine's process.</param>
/// <param name="message">Its message.</param>
public sealed class EngineThrewException(string type, string message) : Exception(message)
{
    /// <summary>Name of the exception's type in the engine's process.</summary>
    public string Type { get; } = type;
}
