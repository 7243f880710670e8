using Gdn.Reference.Engines;

namespace Gdn.Harness.Faults;

/// <summary>Engines with one planted fault.</summary>
internal sealed class FaultyEngine(Fault fault) : IEngineFactory
{
    /// <inheritdoc/>
    public string Name => $"cpu+fault:{fault.Id}";

    /// <inheritdoc/>
    public IModelEngine Create(EngineOptions options) => fault.Create(Name, options);
}
