using Gdn.Harness.Models;
using Gdn.Reference.Gguf;
using Xunit;

namespace Gdn.Properties.Harness.Models;

/// <summary>A model in Q8_0 is the same model, rounded.</summary>
public sealed class QuantizedModelTests
{
    [Fact]
    public void Of_EveryTensor_WithinHalfAStepOrAsItWas()
    {
        const int block = 32;
        using GgufFile plain = LoadedModel.Open("synth:qwen35moe");
        using var stream = new MemoryStream();
        QuantizedModel.Of(plain).Write(stream);
        using GgufFile rounded = GgufFile.Parse("rounded", stream.ToArray());
        Assert.Equal(plain.Tensors.Keys.Order(), rounded.Tensors.Keys.Order());
        Assert.Equal(plain.Metadata.Select(pair => pair.Key), rounded.Metadata.Select(pair => pair.Key));
        Assert.Contains(rounded.Tensors.Values, tensor => tensor.Type == GgmlType.F32);
        int quantized = 0;
        foreach (GgufTensor tensor in rounded.Tensors.Values)
        {
            float[] before = plain.Read(plain.GetTensor(tensor.Name)), after = rounded.Read(tensor);
            if (tensor.Type != GgmlType.Q80)
            {
                Assert.Equal(before, after);
                continue;
            }

            quantized++;
            Assert.NotEqual(before, after);
            for (int i = 0; i < before.Length; i += block)
            {
                // Half a step, and what the scale loses in half precision.
                float step = before.Skip(i).Take(block).Max(Math.Abs) / 127;
                for (int j = i; j < i + block; j++) Assert.InRange(after[j] - before[j], -0.57f * step, 0.57f * step);
            }
        }

        Assert.True(quantized > 10);
    }
}
