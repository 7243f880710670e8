using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Layers;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu;

/// <summary>
/// The draft layers of a model. They follow every pass, so that each has keys and values of every token, and the hidden states
/// that go with the next token lie in planes like recurrent state: a rollback takes an older one.
/// </summary>
/// <remarks>
/// Layer j pairs a token with what layer j - 1 said of the token before, layer 0 with what the trunk said. The n-th token
/// drafted ahead comes from layer n, and beyond the last layer from that again, on its own hidden state.
/// </remarks>
internal sealed class DraftHead
{
    private readonly int _length, _planes;
    private readonly SlotMemory _memory;
    private readonly DraftBlock[] _blocks;

    // Of what is drafted ahead: the hidden state that each layer will pair with the next token of each slot.
    private readonly StateRows[] _ahead;

    /// <summary>Makes the layers.</summary>
    /// <exception cref="InputException">The model has none.</exception>
    public DraftHead(BatchedOptions options, SlotMemory memory)
    {
        EngineModel model = options.Engine.Model;
        IReadOnlyList<DraftLayerWeights<float>> layers = model.RequireDraftLayers();
        _length = model.Config.Embedding;
        _planes = options.Engine.Planes;
        _memory = memory;
        _blocks = [.. layers.Select(
            (weights, j) => new DraftBlock(model.Config, weights, j, memory.Draft(j), options.MaxRunTokens))];
        _ahead = [.. layers.Select(_ => new StateRows(options.DeviceSlots, _length))];
    }

    private int Last => _blocks.Length - 1;

    /// <summary>Follows a pass of the trunk.</summary>
    /// <param name="hidden">Its hidden states after the output norm: <c>[n_tokens, E]</c>.</param>
    public void Follow(in RunContext run, ReadOnlySpan<float> hidden)
    {
        int mark = run.Scratch.Mark;
        Span<float> before = run.Scratch.Take(hidden.Length), output = run.Scratch.Take(hidden.Length);
        ReadOnlySpan<float> input = hidden;
        for (int j = 0; j < _blocks.Length; j++)
        {
            Shift(run.Layout, _memory.Hidden(j), input, before);
            Keep(run.Layout, _memory.Hidden(j), input);
            if (j == Last) _blocks[j].Take(run, before);
            else _blocks[j].Run(run, before, output);
            input = output;
        }

        run.Scratch.Release(mark);
    }

    /// <summary>Goes one token further than the trunk.</summary>
    /// <param name="run">One token of each sequence.</param>
    /// <param name="step">How many tokens ahead of the trunk they are already.</param>
    /// <param name="logits">Receives what follows, in the output row of each: <c>[rows, V]</c>.</param>
    public void Draft(in RunContext run, int step, Span<float> logits)
    {
        RunLayout layout = run.Layout;
        int sequences = layout.SequenceCount, vocabulary = _blocks[0].Vocabulary, drafting = Math.Min(step, Last);
        int mark = run.Scratch.Mark;
        Span<float> before = run.Scratch.Take(sequences * _length), output = run.Scratch.Take(sequences * _length);
        Span<float> rows = run.Scratch.Take(sequences * vocabulary);
        // The last layer first: each reads what the layer before said of the token before.
        for (int j = Last; j >= drafting; j--)
        {
            for (int s = 0; s < sequences; s++)
            {
                Span<float> row = before.Slice(s * _length, _length);
                if (step == 0) _memory.Hidden(j).Read(layout.HiddenRows[s], row);
                else _ahead[j].Read(layout.Sequences[s].Slot, row);
            }

            _blocks[j].Run(run, before, output);
            for (int s = 0; s < sequences; s++)
                _ahead[Math.Min(j + 1, Last)].Write(layout.Sequences[s].Slot, output.Slice(s * _length, _length));
        }

        _blocks[drafting].Logits(run, output, rows);
        for (int s = 0; s < sequences; s++)
            rows.Slice(s * vocabulary, vocabulary).CopyTo(logits[(layout.OutputRows[s] * vocabulary)..]);
        run.Scratch.Release(mark);
    }

    // What goes with each token is what was said of the token before it: of the first, in an earlier pass.
    private void Shift(RunLayout layout, StateRows kept, ReadOnlySpan<float> hidden, Span<float> before)
    {
        for (int t = 0; t < layout.TokenCount; t++)
        {
            Span<float> row = before.Slice(t * _length, _length);
            int sequence = layout.ConvSeqMap[t];
            if (layout.HiddenOf[t] is int other and >= 0) hidden.Slice(other * _length, _length).CopyTo(row);
            else if (layout.Sequences[sequence].FirstPosition == 0) row.Clear();
            else kept.Read(layout.HiddenRows[sequence], row);
        }
    }

    private void Keep(RunLayout layout, StateRows kept, ReadOnlySpan<float> hidden)
    {
        for (int s = 0; s < layout.SequenceCount; s++)
            for (int plane = 0; plane < Math.Min(layout.Sequences[s].Count, _planes); plane++)
                kept.Write(
                    _memory.Row(layout.Sequences[s].Slot, plane),
                    hidden.Slice((layout.Starts[s + 1] - 1 - plane) * _length, _length));
    }
}
