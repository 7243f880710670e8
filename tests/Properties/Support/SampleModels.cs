using Gdn.Harness.Models;
using Gdn.Reference.Models;

namespace Gdn.Properties.Support;

/// <summary>Models that several tests run on, loaded once.</summary>
internal static class SampleModels
{
    private static readonly Lazy<LoadedModel> Hybrid = new(() => LoadedModel.Load("synth:qwen35:1:small"));
    private static readonly Lazy<LoadedModel> Distinct = new(() => LoadedModel.Load("synth:qwen35"));

    private static readonly Lazy<LoadedModel> WithDraftLayers = new(() =>
    {
        string path = Path.Combine(Path.GetTempPath(), $"gdn-draft-layers-{Environment.ProcessId}.gguf");
        try
        {
            using (FileStream stream = File.Create(path))
                SyntheticModel.Create(Architecture.Qwen35, SyntheticSizes.Small with { DraftLayers = 2 }, seed: 3).Write(stream);
            return LoadedModel.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    });

    /// <summary>A smaller one with two draft layers.</summary>
    public static LoadedModel Drafting => WithDraftLayers.Value;

    /// <summary>The small dense hybrid.</summary>
    public static LoadedModel Qwen35 => Hybrid.Value;

    /// <summary>A larger one, whose answers tell prompts apart, for servers: damage shows in their text.</summary>
    public static LoadedModel Served => Distinct.Value;
}
