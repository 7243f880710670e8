using Gdn.Harness.Engines.Llama;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Llama;

/// <summary>Fields are found in the defaults of several versions, and defaults of an unknown version are refused.</summary>
public sealed class LayoutTests
{
    // Offsets as a C compiler gives them for the header of that version.
    [Fact]
    public void Context_V050_OffsetsOfItsHeader() => Assert.Equal(
        new ContextLayout(
            Positions: 0, Batch: 4, Ubatch: 8, Sequences: 12, Snapshots: 16, Threads: 28, FlashAttention: 52,
            FlashAttentionIsFlag: false, KeyType: 104, ValueType: 108, FullWindow: 132, Unified: 133),
        ContextLayout.Of(LlamaDialect.Mainline, Defaults.Context050));

    [Fact]
    public void Context_WithoutOutputsPerSequence_OffsetsOfItsHeader() => Assert.Equal(
        new ContextLayout(0, 4, 8, 12, Snapshots: 16, Threads: 24, FlashAttention: 48, false, 104, 108, 132, 133),
        ContextLayout.Of(LlamaDialect.Mainline, Defaults.ContextWithOutputs));

    [Fact]
    public void Context_Of2025_HasNoSnapshots() => Assert.Equal(
        new ContextLayout(0, 4, 8, 12, Snapshots: -1, Threads: 16, FlashAttention: 36, false, 88, 92, 116, 117),
        ContextLayout.Of(LlamaDialect.Mainline, Defaults.Context2025));

    [Fact]
    public void Context_Ik_OffsetsOfItsHeader() => Assert.Equal(
        new ContextLayout(
            4, 8, 12, 16, Snapshots: -1, Threads: 20, FlashAttention: 151, FlashAttentionIsFlag: true,
            KeyType: 96, ValueType: 100, FullWindow: -1, Unified: -1),
        ContextLayout.Of(LlamaDialect.Ik, Defaults.ContextIk));

    [Fact]
    public void Model_EveryVersion_OffsetsOfItsHeader()
    {
        Assert.Equal(new ModelLayout(GpuLayers: 16), ModelLayout.Of(LlamaDialect.Mainline, Defaults.Model050));
        Assert.Equal(new ModelLayout(GpuLayers: 16), ModelLayout.Of(LlamaDialect.Mainline, Defaults.Model2025));
        Assert.Equal(new ModelLayout(GpuLayers: 8), ModelLayout.Of(LlamaDialect.Ik, Defaults.ModelIk));
    }

    // A new field anywhere before the last that is used moves the others: none of these may be taken for what is known.
    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(28)]
    [InlineData(48)]
    [InlineData(104)]
    public void Context_NewFieldSomewhere_IsRefused(int offset)
    {
        byte[] known = Defaults.Context050;
        byte[] grown = [.. known[..offset], .. BitConverter.GetBytes(7), .. known[offset..^4]];
        Assert.Throws<NotRecognisedException>(() => ContextLayout.Of(LlamaDialect.Mainline, grown));
    }

    [Theory]
    [InlineData(nameof(Defaults.Context050), "Ik", "seed is expected at byte 0, where the defaults have 512")]
    [InlineData(nameof(Defaults.ContextIk), "Mainline", "n_ctx is expected at byte 0, where the defaults have -1")]
    [InlineData(nameof(Defaults.Model050), "Mainline", "n_ctx is expected at byte 0, where the defaults have 0")]
    public void Context_OfSomethingElse_IsRefusedWithTheFirstField(string defaults, string dialect, string message)
    {
        byte[] bytes = (byte[])typeof(Defaults).GetProperty(defaults)!.GetValue(null)!;
        NotRecognisedException e = Assert.Throws<NotRecognisedException>(
            () => ContextLayout.Of(Enum.Parse<LlamaDialect>(dialect), bytes));
        Assert.Equal(message, e.Message);
    }

    [Fact]
    public void Fields_Set_AreWhereTheLayoutSays()
    {
        var fields = new LlamaFields([.. Defaults.Context050]);
        fields.Set(104, 8);
        fields.Set(133, true);
        fields.Set(-1, 77);
        byte[] set = fields.Parameters.ToArray();
        Assert.Equal((8, 1), (BitConverter.ToInt32(set, 104), set[133]));
        (set[104], set[133]) = (1, 0);
        Assert.Equal(Defaults.Context050, set);
    }
}
