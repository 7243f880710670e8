namespace Gdn.Reference.Engines;

/// <summary>Makes engines of one kind, each without sequences.</summary>
public interface IEngineFactory
{
    /// <summary>Name in reports, for example <c>cpu+fault:gr-shape-key</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether the engines read the model file themselves, so that they cannot be given a model without a file, such as the
    /// first layers of another.
    /// </summary>
    bool ReadsModelFile => false;

    /// <summary>Makes an engine.</summary>
    /// <exception cref="InputException">It cannot run the model, or not with these options.</exception>
    IModelEngine Create(EngineOptions options);
}
