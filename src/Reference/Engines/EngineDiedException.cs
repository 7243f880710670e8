namespace Gdn.Reference.Engines;

/// <summary>How an engine's process ended.</summary>
public enum EngineDeath
{
    /// <summary>By a signal, an abort, an exit.</summary>
    Crash,

    /// <summary>It did not answer within the time limit of a call, and was ended.</summary>
    Hang,
}

/// <summary>The process in which a foreign engine runs is gone, and with it every state that it held.</summary>
/// <param name="death">How.</param>
/// <param name="message">How in one line, with what it printed last.</param>
public sealed class EngineDiedException(EngineDeath death, string message) : Exception(message)
{
    /// <summary>How.</summary>
    public EngineDeath Death { get; } = death;
}
