using Gdn.Reference;
using Gdn.Reference.Batches;

namespace Gdn.Harness.Engines.Llama;

/// <summary>The faults that can be planted between the tool and libllama.</summary>
internal static class LlamaFaults
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<LlamaFault> All { get; } =
    [
        new("slots-permuted", "two sequences of a batch that stand at the same position get each other's slot",
            context => new SlotsPermuted(context)),
        new("rows-swapped", "the first two rows of a batch of several sequences are read in the wrong order",
            context => new RowsSwapped(context)),
        new("stale-row", "the last row of a batch of several sequences is the one of the batch before",
            context => new StaleRow(context)),
        new("removal-forgotten", "a released sequence is not removed where another one is alive", context => new RemovalForgotten(context)),
        new("rollback-short", "of several rejected tokens one is kept, and the position says otherwise",
            context => new RollbackShort(context)),
        new(
            "copy-of-neighbour", "a fork is made of the slot before the right one, where that is as long",
            context => new CopyOfNeighbour(context)),
        new("state-not-saved", "a second snapshot of a slot gives the bytes of the first, where they are as many",
            context => new StateNotSaved(context)),
        new("load-skipped", "a state is not loaded into a slot that stands at the same position already",
            context => new LoadSkipped(context)),
    ];

    /// <summary>The fault of that id.</summary>
    /// <exception cref="InputException">No fault has that id.</exception>
    public static LlamaFault Named(string id) => All.FirstOrDefault(fault => fault.Id == id)
        ?? throw new InputException(
            $"fault '{id}'", "it cannot be planted before libllama", Suggestion.Remedy(id, [.. All.Select(fault => fault.Id)]));

    private sealed class SlotsPermuted(ILlamaContext context) : FaultyContext(context)
    {
        public override int Decode(ReadOnlySpan<BatchToken> tokens)
        {
            BatchToken[] permuted = tokens.ToArray();
            int[] pair = [.. permuted.GroupBy(token => token.Sequence).Select(slot => slot.First())
                .GroupBy(token => token.Position).Where(group => group.Count() > 1 && group.Key > 0)
                .SelectMany(group => group.Take(2).Select(token => token.Sequence)).Take(2)];
            if (pair.Length == 2)
                for (int i = 0; i < permuted.Length; i++)
                    if (Array.IndexOf(pair, permuted[i].Sequence) is >= 0 and var at)
                        permuted[i] = permuted[i] with { Sequence = pair[1 - at] };
            return Inner.Decode(permuted);
        }
    }

    private sealed class RowsSwapped(ILlamaContext context) : FaultyContext(context)
    {
        private int[] _swapped = [];

        public override int Decode(ReadOnlySpan<BatchToken> tokens)
        {
            BatchToken[] all = tokens.ToArray();
            int[] rows = [.. Enumerable.Range(0, all.Length).Where(i => all[i].Output)];
            _swapped = rows.Length > 1 && all.Select(token => token.Sequence).Distinct().Count() > 1 ? rows[..2] : [];
            return Inner.Decode(tokens);
        }

        public override ReadOnlySpan<float> Row(int index) =>
            Inner.Row(Array.IndexOf(_swapped, index) is >= 0 and var at ? _swapped[1 - at] : index);
    }

    private sealed class StaleRow(ILlamaContext context) : FaultyContext(context)
    {
        private float[] _last = [];
        private int _stale;

        public override int Decode(ReadOnlySpan<BatchToken> tokens)
        {
            int last = -1;
            var slots = new HashSet<int>();
            for (int i = 0; i < tokens.Length; i++)
            {
                slots.Add(tokens[i].Sequence);
                if (tokens[i].Output) last = i;
            }

            _stale = slots.Count > 1 && _last.Length > 0 ? last : -1;
            int status = Inner.Decode(tokens);
            if (last >= 0 && _stale < 0 && status == 0) _last = Inner.Row(last).ToArray();
            return status;
        }

        public override ReadOnlySpan<float> Row(int index)
        {
            if (index != _stale) return Inner.Row(index);
            float[] stale = _last;
            _last = Inner.Row(index).ToArray();
            _stale = -1;
            return stale;
        }
    }

    private sealed class RemovalForgotten(ILlamaContext context) : FaultyContext(context)
    {
        private readonly HashSet<int> _live = [];

        public override int Decode(ReadOnlySpan<BatchToken> tokens)
        {
            foreach (BatchToken token in tokens) _live.Add(token.Sequence);
            return Inner.Decode(tokens);
        }

        public override bool Remove(int slot, int from)
        {
            if (from > 0) return Inner.Remove(slot, from);
            _live.Remove(slot);
            return _live.Count > 0 || Inner.Remove(slot, from);
        }
    }

    private sealed class RollbackShort(ILlamaContext context) : FaultyContext(context)
    {
        private readonly Dictionary<int, int> _kept = [];

        public override bool Remove(int slot, int from)
        {
            bool isShort = from > 0 && Inner.NextPosition(slot) - from > 1;
            _kept[slot] = isShort ? 1 : 0;
            return Inner.Remove(slot, isShort ? from + 1 : from);
        }

        public override int NextPosition(int slot) => Inner.NextPosition(slot) - _kept.GetValueOrDefault(slot);
    }

    private sealed class CopyOfNeighbour(ILlamaContext context) : FaultyContext(context)
    {
        public override void Copy(int source, int target)
        {
            int neighbour = source - 1;
            bool isAsLong = neighbour >= 0 && neighbour != target && Inner.NextPosition(neighbour) == Inner.NextPosition(source);
            Inner.Copy(isAsLong ? neighbour : source, target);
        }
    }

    private sealed class StateNotSaved(ILlamaContext context) : FaultyContext(context)
    {
        private readonly Dictionary<(int Slot, int Length), byte[]> _saved = [];

        public override byte[] Save(int slot)
        {
            byte[] state = Inner.Save(slot);
            return _saved.TryGetValue((slot, state.Length), out byte[]? first) ? first : _saved[(slot, state.Length)] = state;
        }
    }

    private sealed class LoadSkipped(ILlamaContext context) : FaultyContext(context)
    {
        private readonly Dictionary<byte[], int> _positions = [];

        public override byte[] Save(int slot)
        {
            byte[] state = Inner.Save(slot);
            _positions[state] = Inner.NextPosition(slot);
            return state;
        }

        public override bool Load(int slot, byte[] state) =>
            Inner.NextPosition(slot) == _positions[state] || Inner.Load(slot, state);
    }
}
