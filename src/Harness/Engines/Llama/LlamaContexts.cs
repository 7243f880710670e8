using System.Runtime.InteropServices;
using Gdn.Reference.Batches;

namespace Gdn.Harness.Engines.Llama;

/// <summary>
/// The contexts of a process. Making one takes longer than a schedule, so a context is emptied and used again, if it then answers a
/// probe with the bits of its first answer: released = fresh. One that does not repeat itself to the bit is never used again.
/// </summary>
internal sealed class LlamaContexts
{
    private const int MaxIdle = 32;

    private sealed record Idle(LlamaModel Model, LlamaContext Context, float[] Fresh);

    private readonly List<Idle> _idle = [];

    /// <summary>Takes an empty context.</summary>
    /// <param name="model">Of this model.</param>
    /// <param name="sizes">Of these sizes.</param>
    /// <returns>The context, and how to give it back.</returns>
    /// <exception cref="Gdn.Reference.InputException">The library refuses.</exception>
    public (LlamaContext Context, Action Release) Take(LlamaModel model, LlamaContextSizes sizes)
    {
        int found = _idle.FindLastIndex(idle => idle.Model == model && idle.Context.Sizes == sizes);
        Idle taken = found >= 0 ? _idle[found] : Make(model, sizes);
        if (found >= 0) _idle.RemoveAt(found);
        return (taken.Context, () => Give(taken));
    }

    private static Idle Make(LlamaModel model, LlamaContextSizes sizes)
    {
        var context = new LlamaContext(model, sizes);
        float[] first = Probe(context), second = Probe(context);
        return new Idle(model, context, FirstDifference(first, second) is null ? first : []);
    }

    private void Give(Idle idle)
    {
        if (idle.Context.IsBroken || idle.Fresh.Length == 0)
        {
            idle.Context.Dispose();
            return;
        }

        idle.Context.Empty();
        float[] emptied = Probe(idle.Context);
        if (FirstDifference(idle.Fresh, emptied) is { } wrong)
        {
            bool isSteady = IsSteady(idle, emptied);
            idle.Context.Dispose();
            if (!isSteady) return;
            throw new ContractException(FormattableString.Invariant(
                $"an emptied context does not answer as a fresh one: logit {wrong} of a probe ")
                + FormattableString.Invariant($"was {idle.Fresh[wrong]:G9} and is {emptied[wrong]:G9}"));
        }

        _idle.Add(idle);
        if (_idle.Count <= MaxIdle) return;
        _idle[0].Context.Dispose();
        _idle.RemoveAt(0);
    }

    // Whether what was fresh is so in a new context too, and what was emptied stays as it is: else it is chance that differs.
    private static bool IsSteady(Idle idle, float[] emptied)
    {
        using var fresh = new LlamaContext(idle.Model, idle.Context.Sizes);
        return FirstDifference(idle.Fresh, Probe(fresh)) is null && FirstDifference(emptied, Probe(idle.Context)) is null;
    }

    // Two tokens on every slot, so that every state is read and written. Leaves the context empty.
    private static float[] Probe(LlamaContext context)
    {
        const int length = 2;
        int slots = Math.Min(context.Sizes.Slots, context.Sizes.BatchTokens / length);
        BatchToken[] tokens =
        [
            .. Enumerable.Range(0, slots).SelectMany(slot => Enumerable.Range(0, length)
                .Select(position => new BatchToken((slot + position) % context.Vocabulary, slot, position, position == length - 1))),
        ];
        int status = context.Decode(tokens);
        if (status != 0)
            throw new ContractException(FormattableString.Invariant($"llama_decode returned {status} for a probe of {slots} sequences"));
        var rows = new List<float>();
        for (int i = 0; i < tokens.Length; i++)
            if (tokens[i].Output) rows.AddRange(context.Row(i));
        context.Empty();
        return [.. rows];
    }

    // In bits: zeros of different signs differ. Both probes have as many logits.
    private static int? FirstDifference(float[] left, float[] right)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(left);
        int equal = bits.CommonPrefixLength(MemoryMarshal.Cast<float, int>(right));
        return equal < left.Length ? equal : null;
    }
}
