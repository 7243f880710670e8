using System.Runtime.CompilerServices;
using Gdn.Harness.Models;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>What an engine declares for a model, before there is a schedule to run.</summary>
public static class DeclaredCapabilities
{
    private static readonly ConditionalWeakTable<IEngineFactory, ConditionalWeakTable<LoadedModel, EngineInfo>> Known = [];

    /// <summary>
    /// Makes an engine to ask it, once for each factory and model. Of one that cannot be made, the usual capabilities: what is
    /// wrong with it, checks will report.
    /// </summary>
    public static EngineCapabilities Of(IEngineFactory engine, LoadedModel model) => InfoOf(engine, model).Capabilities;

    /// <summary>The same with what else it says of itself.</summary>
    public static EngineInfo InfoOf(IEngineFactory engine, LoadedModel model) =>
        Known.GetValue(engine, _ => []).GetValue(model, _ => Ask(engine, model));

    private static EngineInfo Ask(IEngineFactory engine, LoadedModel model)
    {
        try
        {
            using IModelEngine instance = engine.Create(model.Options(slots: 1, planes: 1));
            return instance.Info;
        }
        catch (Exception e) when (e is not (Gdn.Reference.EnvironmentException or OperationCanceledException))
        {
            return new EngineInfo(engine.Name, model.Config.Vocabulary);
        }
    }
}
