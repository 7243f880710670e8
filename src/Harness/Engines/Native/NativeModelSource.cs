using Gdn.Harness.Models;

namespace Gdn.Harness.Engines.Native;

/// <summary>The model level of a shared library.</summary>
/// <param name="exports">The library.</param>
internal sealed class NativeModelSource(NativeLibraryExports exports) : IEngineSource
{
    private readonly NativeModelFunctions _functions = new(exports);

    /// <inheritdoc/>
    public string Name => exports.Library;

    /// <inheritdoc/>
    public IModelEngine Create(LoadedModel model, int slots, int planes) =>
        new NativeModelEngine(_functions, model, slots, planes);
}
