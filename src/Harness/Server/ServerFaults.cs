using Gdn.Reference.Engines;

namespace Gdn.Harness.Server;

/// <summary>Faults that lie in a server rather than in its engine.</summary>
internal static class ServerFaults
{
    public static IReadOnlyList<ServerFault> All { get; } =
    [
        Of<CommonPrefixSuffices>(
            "checkpoint-selector", "a checkpoint is used that reaches beyond what the prompts have in common",
            "ik_llama.cpp #1295, #1673"),
        Of<RejectedKept>(
            "lookahead-block-retained", "a checkpoint after a rejection holds the rejected tokens", "vLLM #43559, #53912")
            with { NeedsSnapshots = true },
        Of<CheckpointNotWritten>(
            "unwritten-slot-donated", "a checkpoint of a mixed pass is registered but not written", "sglang #39342")
            with { NeedsSnapshots = true },
        Of<CheckpointBeforePass>(
            "snapshot-before-write", "a checkpoint holds the state from before the pass that it is labelled with",
            "sglang #24221")
            with { NeedsSnapshots = true },
        Of<ResumesAtPage>(
            "state-ahead-of-node", "after a restore the tokens of the last page are absorbed twice", "sglang #34760")
            with { NeedsSnapshots = true },
        Of<AbortedPass>(
            "abort-flag-bleed", "a client that leaves aborts the next pass, whose tokens are then absorbed twice",
            "ik_llama.cpp #1673, #1941"),
        Of<LoadedIntoBusySlot>(
            "busy-slot-cache-load", "a request that names a busy slot loads its cached prompt into that slot before it waits",
            "llama-server of llama.cpp b10587 and v0.5.0, found with this tool")
            with { NeedsSnapshots = true },
        Of<FileWithoutState>(
            "slot-file-without-state", "a restored slot file brings back its tokens, but the slot keeps the state that it had",
            "llama.cpp #26676")
            with { NeedsSnapshots = true },
    ];

    private static ServerFault Of<T>(string id, string summary, string source) where T : StateHandling, new() =>
        new(id, summary, source) { Create = () => new T() };

    private sealed class CommonPrefixSuffices : StateHandling
    {
        public override int Spared(ReadOnlySpan<int> tokens, ReadOnlySpan<int> prompt) =>
            Math.Min(tokens.CommonPrefixLength(prompt), prompt.Length - 1);
    }

    private sealed class RejectedKept : StateHandling
    {
        private readonly Dictionary<int, IStateSnapshot> _ahead = [];

        public override void BeforePass(IModelEngine engine, IReadOnlyList<int> sequences) => _ahead.Clear();

        public override void BeforeRollback(IModelEngine engine, int sequence) => _ahead[sequence] = engine.Snapshot(sequence);

        public override IStateSnapshot Take(IModelEngine engine, int sequence, bool mixed) =>
            _ahead.GetValueOrDefault(sequence) ?? base.Take(engine, sequence, mixed);
    }

    private sealed class CheckpointNotWritten : StateHandling
    {
        private IStateSnapshot? _earlierTenant;

        public override IStateSnapshot Take(IModelEngine engine, int sequence, bool mixed)
        {
            if (!mixed || _earlierTenant is null) _earlierTenant = base.Take(engine, sequence, mixed);
            return _earlierTenant;
        }
    }

    private sealed class CheckpointBeforePass : StateHandling
    {
        private readonly Dictionary<int, IStateSnapshot> _before = [];

        public override void BeforePass(IModelEngine engine, IReadOnlyList<int> sequences)
        {
            _before.Clear();
            foreach (int sequence in sequences)
                if (engine.NextPosition(sequence) > 0) _before[sequence] = engine.Snapshot(sequence);
        }

        public override IStateSnapshot Take(IModelEngine engine, int sequence, bool mixed) =>
            _before.GetValueOrDefault(sequence) ?? base.Take(engine, sequence, mixed);
    }

    private sealed class ResumesAtPage : StateHandling
    {
        private const int PageTokens = 16;

        public override int ResumeAt(int spared) => spared / PageTokens * PageTokens;
    }

    private sealed class AbortedPass : StateHandling
    {
        private bool _aborts;

        public override void ClientLeft() => _aborts = true;

        public override bool CountsAsNotRun()
        {
            bool aborts = _aborts;
            _aborts = false;
            return aborts;
        }
    }

    private sealed class LoadedIntoBusySlot : StateHandling
    {
        // By reference: once for each request.
        private readonly HashSet<int[]> _loaded = [];

        public override bool LoadsIntoBusySlot(int[] prompt) => _loaded.Add(prompt);
    }

    private sealed class FileWithoutState : StateHandling
    {
        public override void RestoreFile(IModelEngine engine, int sequence, IStateSnapshot saved)
        {
        }
    }
}
