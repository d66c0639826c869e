# Jekyll 4.3 looks for every file among all the files before it, one by one: twice the posts take four times
# as long to write. Here each is looked up at once; what is written, and in which order, stays the same.
if Jekyll::VERSION.start_with?("4.")
  module Jekyll
    class Site
      def each_site_file
        seen = {}.compare_by_identity
        [pages, static_files_to_write, docs_to_write].each do |files|
          files.each do |file|
            next if seen.key?(file)

            yield file
            seen[file] = true
          end
        end
      end
    end
  end
end
