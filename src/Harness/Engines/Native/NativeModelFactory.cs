using Gdn.Reference.Engines;

namespace Gdn.Harness.Engines.Native;

/// <summary>The model level of a shared library.</summary>
internal sealed class NativeModelFactory(NativeModelFunctions functions) : IEngineFactory
{
    /// <inheritdoc/>
    public string Name => functions.Library;

    /// <inheritdoc/>
    public bool ReadsModelFile => true;

    /// <inheritdoc/>
    public IModelEngine Create(EngineOptions options) => new NativeModelEngine(functions, options);
}
