using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>Softmax attention of one query over everything that came before it.</summary>
public static class Attention
{
    /// <summary>
    /// <c>out = softmax(q . k_i / sqrt(D')) v_i</c> for each head; query head h reads key-value head <c>h div (H / G)</c>.
    /// </summary>
    /// <param name="heads">H.</param>
    /// <param name="keyValueHeads">G, a divisor of H.</param>
    /// <param name="q"><c>[H, D]</c>, normalised and rotated.</param>
    /// <param name="keys"><c>[n, G, D]</c>, the current token's last.</param>
    /// <param name="values"><c>[n, G, Dv]</c>.</param>
    /// <param name="output">Receives <c>[H, Dv]</c>.</param>
    /// <param name="scaleDim">D', where it is not D: scores of latent keys are scaled as those of the keys they stand for.</param>
    public static void Run<T>(
        int heads, int keyValueHeads, ReadOnlySpan<T> q, ReadOnlySpan<T> keys, ReadOnlySpan<T> values, Span<T> output,
        int? scaleDim = null)
        where T : IFloatingPointIeee754<T>
    {
        int keyDim = q.Length / heads, valueDim = output.Length / heads;
        int count = keys.Length / (keyValueHeads * keyDim);
        T scale = T.One / T.Sqrt(T.CreateChecked(scaleDim ?? keyDim));
        var scores = new T[count];
        output.Clear();
        for (int h = 0; h < heads; h++)
        {
            int source = h / (heads / keyValueHeads);
            for (int i = 0; i < count; i++)
                scores[i] = scale * Linear.Dot(
                    q.Slice(h * keyDim, keyDim), keys.Slice((i * keyValueHeads + source) * keyDim, keyDim));
            Activations.Softmax<T>(scores);
            Span<T> row = output.Slice(h * valueDim, valueDim);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<T> value = values.Slice((i * keyValueHeads + source) * valueDim, valueDim);
                for (int j = 0; j < valueDim; j++) row[j] += scores[i] * value[j];
            }
        }
    }
}
