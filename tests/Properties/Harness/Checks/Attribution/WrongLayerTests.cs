using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Reference;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Checks.Attribution;

/// <summary>The first wrong layer is found, and none where there is none or where it cannot be known.</summary>
public class WrongLayerTests
{
    // Two linear layers, one of full attention, and a linear one.
    private static readonly LoadedModel Model = LoadedModel.Load("synth:qwen35:1:small");

    // From a second load of the model, whose weights are its own.
    private sealed class SpoiltLayer(int layer) : IEngineFactory
    {
        public string Name => "spoilt";

        public IModelEngine Create(EngineOptions options)
        {
            LoadedModel spoilt = LoadedModel.Load(Model.Name);
            spoilt.Weights.Layers[layer].MixerNorm[0] += 1;
            return new ReferenceModelEngine(
                spoilt.First(options.Model.Config.Layers).Options(options.Slots, options.Planes));
        }
    }

    // From the file; no layer for one that is right.
    private sealed class SpoiltFile(int? layer) : IEngineFactory
    {
        public string Name => "spoilt file";

        public bool ReadsModelFile => true;

        public IModelEngine Create(EngineOptions options)
        {
            EngineModel model = EngineModel.Open(options.Model.Path);
            if (layer < model.Config.Layers) model.Weights.Layers[layer.Value].MixerNorm[0] += 1;
            return new ReferenceModelEngine(options with { Model = model });
        }
    }

    private static WrongLayer? Find(IEngineFactory engine)
    {
        var schedule = new Schedule(2, 1,
        [
            new DecodeStep([new SequenceRun(0, [1, 2]), new SequenceRun(1, [3, 4])]),
            new DecodeStep([new SequenceRun(0, [5]), new SequenceRun(1, [6])]),
        ]);
        return WrongLayer.Of(new ModelCase(schedule, engine, Model), CancellationToken.None);
    }

    [Theory]
    [InlineData(0, "1 of 4 (recurrent)")]
    [InlineData(1, "2 of 4 (recurrent)")]
    [InlineData(2, "3 of 4 (attention)")]
    [InlineData(3, "4 of 4 (recurrent)")]
    public void Of_OneSpoiltLayer_NamesIt(int layer, string expected) =>
        Assert.Equal(expected, Find(new SpoiltLayer(layer))?.ToString());

    [Fact]
    public void Of_RowsMixedUp_IsNoLayersFault() => Assert.Equal(
        0, Find(new DeviatingSource("mixed up", (_, logits, _) => logits.Reverse()))?.Number);

    [Fact]
    public void Of_CleanEngine_NothingIsWrong()
    {
        using NamedEngine clean = EngineCatalog.Parse("cpu");
        Assert.Null(Find(clean));
    }

    /// <summary>No file has a model without layers, so that of the first layer what comes before it cannot be told.</summary>
    [Theory]
    [InlineData(0, "1 of 4 (recurrent), or what comes before")]
    [InlineData(1, "2 of 4 (recurrent)")]
    [InlineData(2, "3 of 4 (attention)")]
    [InlineData(null, null)]
    public void Of_EngineThatReadsFiles_IsGivenFilesOfTheFirstLayers(int? layer, string? expected) =>
        Assert.Equal(expected, Find(new SpoiltFile(layer))?.ToString());
}
