import type { dataFolder as english } from '../en/data-folder.ts';
import type { Translation } from '../message.ts';

export const dataFolder: Translation<typeof english> = {
  'folder.backUp': '백업',
  'folder.backUp.what': '모든 것을 새 폴더에 복사하고 파일마다 해시를 남깁니다. 그동안 하던 일을 계속해도 됩니다.',
  'folder.restore': '복원',
  'folder.restore.what':
    '백업으로 새 데이터 폴더를 만들고, 모든 파일을 해시와 맞춰 본 뒤 엽니다. 지금 폴더는 그대로 남습니다.',
  'folder.open': '다른 폴더 열기',
  'folder.open.what': '스튜디오가 닫혔다가 고른 폴더로 다시 열립니다. 지금 폴더는 그대로 남습니다.',
  'folder.move': '옮기기',
  'folder.move.what': '모든 것을 새 위치로 옮기고, 스튜디오가 그곳에서 다시 열립니다.',
  'folder.move.copied': '다른 디스크입니다. 모두 복사해 확인하고, 이전 폴더는 직접 지울 때까지 남습니다.',
  'folder.place': '위치',
  'folder.place.free': '{bytes} 남음',
  'folder.place.choose': '다른 위치 고르기',
  'folder.name': '폴더 이름',
  'folder.name.wrong': '글자, 숫자, 공백과 . _ - 만 쓸 수 있고, 글자나 숫자로 시작해야 합니다',
  'folder.name.usual': 'Adapter Studio 데이터',
  'folder.which': '어느 것',
  'folder.isOpen': '지금 열림',
  'folder.new': '새로운 빈 폴더',
  'folder.noBackup': '백업을 찾지 못했습니다',
  'folder.noBackup.what': '데이터 폴더 옆과 파일을 흔히 두는 곳을 찾아보았습니다.',
  'folder.backup.facts': '파일 {n}개, {size}',
  'folder.progress': '파일 {total}개 중 {done}개',
  'folder.done': '파일 {n}개({size})를 넣은 곳',
  'folder.opening': '다른 폴더를 여는 중',
  'folder.commands': '명령줄에서',
};
