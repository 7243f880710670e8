using Gdn.Harness.Models;

namespace Gdn.Properties.Support;

/// <summary>Models that several tests run on, loaded once.</summary>
internal static class SampleModels
{
    private static readonly Lazy<LoadedModel> Hybrid = new(() => LoadedModel.Load("synth:qwen35"));

    /// <summary>The small dense hybrid.</summary>
    public static LoadedModel Qwen35 => Hybrid.Value;
}
