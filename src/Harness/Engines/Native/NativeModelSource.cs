using Gdn.Reference.Engines;
using Gdn.Reference.State;

namespace Gdn.Harness.Engines.Native;

/// <summary>The model level of a shared library.</summary>
/// <param name="exports">The library.</param>
/// <param name="stateFormat">How it declares to keep states.</param>
internal sealed class NativeModelSource(NativeLibraryExports exports, StateFormat stateFormat) : IEngineFactory
{
    private readonly NativeModelFunctions _functions = new(exports);

    /// <inheritdoc/>
    public string Name => exports.Library;

    /// <inheritdoc/>
    public bool ReadsModelFile => true;

    /// <inheritdoc/>
    public IModelEngine Create(EngineOptions options) => new NativeModelEngine(_functions, options, stateFormat);
}
